// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, makePart, point, press, TABLE } from "./page.js";
import { followWheel, keyed, makeSlider, oncePerFrame } from "../parts/control.js";

const row = TABLE.strip.fader;
function make(options = {}) {
  const body = document.createElement("div");
  document.body.append(body);
  /** @type {number[]} */
  const turned = [];
  /** @type {boolean[]} */
  const holds = [];
  const slider = makeSlider(body, { row, label: "Low Fader", vertical: true, wayPx: 100, onInput: (value) => turned.push(value), onHold: (held) => holds.push(held), ...options });
  return { body, slider, turned, holds };
}

test("a slider has a spoken name, a range, and a value with its unit", () => {
  const { body, slider } = make();
  slider.show(-6);
  assert.deepEqual(["role", "tabindex", "aria-label", "aria-orientation", "aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"].map((name) => body.getAttribute(name)),
    ["slider", "0", "Low Fader", "vertical", "-120", "12", "-6", "-6.0 dB"]);
});

test("arrows, page keys, Home, End and Delete turn it, with Shift ten times finer; other keys are left alone", () => {
  const { body, turned } = make();
  for (const [key, more] of /** @type {[string, object][]} */ ([["ArrowUp", {}], ["PageDown", {}], ["End", {}], ["Home", {}], ["Delete", {}], ["ArrowDown", { shiftKey: true }], ["q", {}], ["ArrowUp", { ctrlKey: true }]])) press(body, key, more);
  assert.deepEqual(turned, [0.5, -2.5, 12, -120, 0, -0.1]);
  assert.equal(keyed(new KeyboardEvent("keydown", { key: "Tab" }), row, 0), null);
});

test("a drag is relative: a touch changes nothing, and what others turn waits until the hand lets go", () => {
  const { body, slider, turned, holds } = make();
  point(body, "pointerdown", { clientY: 80 });
  assert.deepEqual(turned, []);
  point(body, "pointermove", { clientY: 90 });
  assert.equal(turned.length, 1);
  assert.ok(turned[0] < 0 && turned[0] > -12);
  slider.show(12);
  assert.equal(slider.value(), turned[0]);
  point(body, "pointerup", { clientY: 90 });
  slider.show(12);
  assert.equal(slider.value(), 12);
  assert.deepEqual(holds, [true, false]);
});

test("each finger holds its own slider", () => {
  const [one, two] = [make(), make()];
  point(one.body, "pointerdown", { clientY: 50, pointerId: 1 });
  point(two.body, "pointerdown", { clientY: 50, pointerId: 2 });
  point(one.body, "pointermove", { clientY: 60, pointerId: 1 });
  point(two.body, "pointermove", { clientY: 40, pointerId: 2 });
  point(two.body, "pointermove", { clientY: 0, pointerId: 1 });
  assert.ok(one.slider.value() < 0 && two.slider.value() > 0);
  assert.equal(two.turned.length, 1);
});

test("a double click brings the default back", () => {
  const { body, turned } = make();
  press(body, "Home");
  body.dispatchEvent(new MouseEvent("dblclick"));
  assert.deepEqual(turned, [-120, 0]);
});

test("the wheel turns only what has the focus", () => {
  const body = document.createElement("button");
  document.body.append(body);
  /** @type {number[]} */
  const steps = [];
  followWheel(body, (step) => steps.push(step));
  body.dispatchEvent(new WheelEvent("wheel", { deltaY: -100 }));
  body.focus();
  body.dispatchEvent(new WheelEvent("wheel", { deltaY: -100 }));
  assert.deepEqual(steps, [1]);
});

test("moves are sent once a frame, the last of them", () => {
  /** @type {number[]} */
  const sent = [];
  const send = oncePerFrame((value) => sent.push(value));
  for (const value of [1, 2, 3]) send(value);
  assert.deepEqual(sent, []);
  frames();
  assert.deepEqual(sent, [3]);
});

test("a slider without a label of its own is named by whoever makes it", () => {
  const { part } = makePart();
  const { body } = make({ label: undefined });
  part.named((name) => body.setAttribute("aria-label", name));
  assert.equal(find(document, '[aria-label="Low"]'), body);
});

test("for a listener a slider shows, and cannot be turned", () => {
  const { body, slider, turned, holds } = make({ mayTurn: false });
  press(body, "ArrowUp");
  point(body, "pointerdown", { clientY: 80 });
  point(body, "pointermove", { clientY: 10 });
  slider.show(-9);
  assert.deepEqual([turned, holds, body.getAttribute("aria-disabled"), body.getAttribute("aria-valuetext")], [[], [], "true", "-9.0 dB"]);
});
