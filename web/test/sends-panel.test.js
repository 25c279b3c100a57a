// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, TABLE } from "./page.js";
import { makeSendsPanel } from "../parts/sends-panel.js";
import { Wiring } from "../parts/wiring.js";

test("each aux has a send and its switch, and is called as it is called now", () => {
  const session = /** @type {any} */ (new FakeSession());
  const wiring = new Wiring(session, () => {});
  const aux = { id: "hall", name: "Hall" };
  const rows = { "send/hall": { ...TABLE.send.send, label: "Send level: Hall" }, "send_pre/hall": { ...TABLE.send.send_pre, label: "Before: Hall" } };
  const body = makeSendsPanel(wiring.part("strip/1", "Low", rows), [aux]);
  find(body, "button").click();
  assert.deepEqual(session.sent, [{ type: "set", address: "strip/1/send_pre/hall", value: true }]);
  assert.equal(find(body, ".caption").textContent, "Hall");
  aux.name = "Church";
  wiring.rename([]);
  assert.equal(find(body, ".caption").textContent, "Church");
});
