// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, frames, press, TABLE } from "./page.js";
import { makeTempo } from "../parts/tempo.js";
import { Wiring } from "../parts/wiring.js";

test("the tempo is shown, follows who turns it, and takes what is typed", () => {
  const session = new FakeSession();
  session.state.values["session/tempo"] = 96;
  const wiring = new Wiring(/** @type {any} */ (session), () => {});
  const body = makeTempo(wiring.part("session", "Session", TABLE.session));
  document.body.append(body);
  const field = find(body, "input");
  assert.deepEqual([field.value, field.getAttribute("aria-label")], ["96.0", "Tempo, BPM"]);
  session.turned("session/tempo", 60);
  frames(20);
  assert.equal(field.value, "60.0");
  field.focus();
  field.value = "132 bpm";
  press(field, "Enter");
  assert.deepEqual(session.sent, [{ type: "set", address: "session/tempo", value: 132 }]);
});
