// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { makeNotice } from "../parts/notice.js";

/** A place, and the times for which things are told, which pass at once when `pass` is called. */
function make() {
  const place = document.createElement("p");
  const all = /** @type {any} */ (window);
  const { setTimeout } = all;
  /** @type {[() => void, number][]} */
  const timers = [];
  all.setTimeout = (/** @type {() => void} */ act, /** @type {number} */ ms) => timers.push([act, ms]);
  return { place, tell: makeNotice(place), timers, restore: () => (all.setTimeout = setTimeout) };
}

test("what is wrong stays long enough to be read, and can be dismissed", () => {
  const { place, tell, timers, restore } = make();
  tell("strip/1/fader is 20; allowed: -120 to 12");
  assert.equal(place.hidden, false);
  assert.ok(timers[0][1] >= 10_000);
  find(place, '[aria-label="Dismiss"]').click();
  assert.equal(place.hidden, true);
  tell("Copied.", { calm: true });
  assert.ok(place.classList.contains("calm"));
  assert.ok(timers[1][1] < 6000);
  timers[1][0]();
  assert.equal(place.hidden, true);
  restore();
});

test("what lasts, or asks for something, stays", () => {
  const { place, tell, timers, restore } = make();
  let done = 0;
  tell("The line is broken.", { lasting: true });
  tell("The session has ended.", { action: ["Open a new one", () => done++] });
  find(place, "button").click();
  assert.deepEqual([timers.length, done, place.querySelector(".dismiss")], [0, 1, null]);
  restore();
});
