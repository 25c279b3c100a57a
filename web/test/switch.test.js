// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart } from "./page.js";
import { makeSwitch } from "../parts/switch.js";

test("a switch turns over, and shows what others do", () => {
  const { part, session } = makePart();
  const body = find(makeSwitch(part, "mute", { text: "M", kind: "mute" }), "button");
  assert.deepEqual([body.getAttribute("aria-pressed"), body.getAttribute("aria-label")], ["false", "Low Mute"]);
  body.click();
  assert.deepEqual(session.sent, [{ type: "set", address: "strip/1/mute", value: true }]);
  assert.equal(body.getAttribute("aria-pressed"), "true");
});

test("words that stand on a switch are part of its name, so that one can say them", () => {
  const { part } = makePart();
  assert.equal(find(makeSwitch(part, "hp_on", { text: "Rumble" }), "button").getAttribute("aria-label"), "Low High-pass: Rumble");
});
