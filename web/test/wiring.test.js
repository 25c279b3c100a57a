// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames, makePart, settled } from "./page.js";

test("what others turn glides in, monotonically, and arrives exactly", () => {
  const { part, session } = makePart();
  /** @type {number[]} */
  const shown = [];
  part.on("fader", (value) => shown.push(value));
  session.turned("strip/1/fader", -24);
  frames(20);
  assert.ok(shown.length > 5);
  assert.deepEqual(shown, [...shown].sort((a, b) => b - a));
  assert.equal(shown.at(-1), -24);
});

test("one's own hand wins while it holds, and then the session's value is shown", async () => {
  const { part, session } = makePart();
  /** @type {number[]} */
  const shown = [];
  part.on("fader", (value) => shown.push(value));
  part.hold("fader", true);
  session.turned("strip/1/fader", -24);
  frames(20);
  assert.deepEqual(shown, [0]);
  part.hold("fader", false);
  assert.deepEqual(shown, [0, -24]);
});

test("all that show one address show one's own move at once; a refusal is told and taken back", async () => {
  const { part, session, told } = makePart();
  const shown = [0, 0];
  part.on("fader", (value) => (shown[0] = value));
  part.on("fader", (value) => (shown[1] = value));
  session.set = async () => Promise.reject(new Error("a listener may not control"));
  part.turn("fader", -6);
  assert.deepEqual(shown, [-6, -6]);
  await settled();
  assert.deepEqual(told, ["a listener may not control"]);
  await new Promise((resolve) => setTimeout(resolve, 80)); // the time for which a move counts as ours
  assert.deepEqual(shown, [0, 0]);
});

test("what a field of the page does not take is told", () => {
  const { told } = makePart();
  const field = document.createElement("input");
  document.body.append(field);
  field.dispatchEvent(new CustomEvent("refused", { bubbles: true, detail: "Low Fader cannot be “abc”" }));
  assert.deepEqual(told, ["Low Fader cannot be “abc”"]);
});

test("many values are one command; none are none", () => {
  const { part, session } = makePart();
  part.turnMany({});
  part.turnMany({ fader: -3, mute: true });
  assert.deepEqual(session.sent, [{ type: "set_many", values: { "strip/1/fader": -3, "strip/1/mute": true } }]);
});

test("after a reconnect everything shows the session's values", () => {
  const { part, session } = makePart();
  let shown = 0;
  part.on("fader", (value) => (shown = value));
  session.state.values["strip/1/fader"] = -12;
  session.tell("state");
  assert.equal(shown, -12);
});

test("a name is shown wherever it was asked for", () => {
  const { part, wiring } = makePart();
  /** @type {string[]} */
  const names = [];
  part.named((name) => names.push(name));
  wiring.rename([["strip/1", "Bass"]]);
  assert.deepEqual([names, part.name], [["Low", "Bass"], "Bass"]);
});
