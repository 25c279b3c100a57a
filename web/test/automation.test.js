// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, TABLE } from "./page.js";
import { makeAutomation } from "../parts/automation.js";
import { TimeView } from "../parts/time-view.js";

function make() {
  const session = new FakeSession();
  session.state.values = { "strip/1/fader": -6, "strip/1/output": "master" };
  const timeline = { overlay: document.createElement("div"), body: document.createElement("div"), onView: new Set(), view: new TimeView(60) };
  /** @type {any[]} */
  const sent = [];
  const automation = makeAutomation(/** @type {any} */ (session), TABLE, /** @type {any} */ (timeline), (command) => sent.push(command));
  document.body.append(automation.body, automation.button);
  return { session, automation, sent };
}

test("recording is armed and disarmed, and the bar shows it", () => {
  const { session, automation, sent } = make();
  const record = find(automation.body, ".record");
  record.click();
  session.state.armed = null;
  session.tell("armed");
  assert.equal(record.getAttribute("aria-pressed"), "true");
  assert.ok(find(automation.button, ".lamp").classList.contains("on"));
  record.click();
  assert.deepEqual(sent.map(({ on }) => on), [true, false]);
});

test("lanes are listed by the names of their owners, and cleared", () => {
  const { session, automation, sent } = make();
  session.state.lanes = { "strip/1/fader": [[0, -6]] };
  session.tell("lanes");
  assert.match(find(automation.body, ".lanes").textContent, /Low: Fader1 point/);
  session.state.strips[0].name = "Bass";
  session.tell("described");
  find(automation.body, '[aria-label="Clear Bass: Fader"]').click();
  assert.deepEqual(sent, [{ type: "automation_clear", address: "strip/1/fader" }]);
});

test("a lane is drawn from what stands there; choices have none, and what is no address is refused", () => {
  const { automation, sent } = make();
  const field = find(automation.body, '[aria-label="Address of a new lane"]');
  assert.deepEqual([...automation.body.querySelectorAll("option")].map((option) => option.textContent), ["Low", "Fader"]);
  field.value = "strip/1/output";
  find(automation.body, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  field.value = "strip/1/fader";
  field.dispatchEvent(new Event("input"));
  find(automation.body, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  assert.deepEqual(sent, [{ type: "automation_write", address: "strip/1/fader", points: [[0, -6]], from_s: 0, to_s: 0 }]);
});
