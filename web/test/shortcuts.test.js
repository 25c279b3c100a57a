// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { addKeys, found, shortcuts } from "../parts/shortcuts.js";

/** @type {string[]} */
let done = [];
const act = (/** @type {string} */ name) => () => void done.push(name);
const all = shortcuts({
  toggle: act("toggle"), stop: act("stop"), loop: act("loop"), undo: act("undo"), redo: act("redo"), help: act("help"),
  scene: (index) => void done.push(`scene ${index}`),
});

/** @param {string} key @param {Partial<KeyboardEvent>} [more] @param {{typing?: boolean, pressable?: boolean, turning?: boolean}} [where] */
function press(key, more = {}, { typing = false, pressable = false, turning = false } = {}) {
  done = [];
  const event = /** @type {KeyboardEvent} */ ({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });
  found(all, event, { typing, pressable, turning })?.act(event);
  return done.join();
}

test("each key does what the list says", () => {
  assert.equal(press(" "), "toggle");
  assert.equal(press("z", { ctrlKey: true }), "undo");
  assert.equal(press("z", { metaKey: true }), "undo");
  assert.equal(press("Z", { ctrlKey: true, shiftKey: true }), "redo");
  assert.equal(press("y", { ctrlKey: true }), "redo");
  assert.equal(press("3"), "scene 2");
  assert.equal(press("?", { shiftKey: true }), "help");
  assert.equal(press("0"), "stop");
  assert.equal(press("l"), "loop");
});

test("whoever types, types", () => {
  for (const key of [" ", "3", "l", "?"]) assert.equal(press(key, {}, { typing: true }), "");
});

test("on a control figures begin a value, and everything else goes on", () => {
  for (const key of ["0", "3"]) assert.equal(press(key, {}, { turning: true }), "");
  assert.equal(press(" ", {}, { turning: true }), "toggle");
});

test("the space bar presses the button that has the focus", () => {
  assert.equal(press(" ", {}, { pressable: true }), "");
  assert.equal(press("l", {}, { pressable: true }), "loop");
});

test("the browser's own keys stay the browser's", () => {
  assert.equal(press("l", { ctrlKey: true }), "");
  assert.equal(press("1", { ctrlKey: true }), "");
  assert.equal(press("1", { altKey: true }), "");
});

test("a page has the keys of what it can do, and its list tells no others", () => {
  const button = document.createElement("button");
  addKeys(button, { toggle: act("toggle"), undo: act("undo") });
  find(document.body, "dialog.help").showModal = () => {};
  done = [];
  for (const key of ["z", "3", "l"]) document.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey: key === "z", cancelable: true }));
  assert.deepEqual(done, ["undo"]);
  button.click();
  const keys = [...find(document.body, ".keys-list").querySelectorAll("kbd")].map(({ textContent }) => textContent);
  assert.ok(keys.includes("Ctrl Z") && !keys.includes("L") && !keys.includes("1 to 9"), String(keys));
});
