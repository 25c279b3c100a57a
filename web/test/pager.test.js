// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { makePager } from "../parts/pager.js";

test("a pager turns by the width that is seen, and stops at the ends", () => {
  const strips = /** @type {any} */ (document.createElement("div"));
  strips.innerHTML = "<i></i><i></i>";
  /** @type {any[]} */
  const turns = [];
  Object.defineProperties(strips, { scrollWidth: { value: 600 }, scrollLeft: { value: 0, writable: true }, scrollBy: { value: (/** @type {any} */ by) => turns.push(by) } });
  const pager = makePager(strips);
  const [before, after] = [find(pager, '[aria-label="Strips before"]'), find(pager, '[aria-label="Strips after"]')];
  assert.deepEqual([before.disabled, after.disabled], [true, false]);
  after.click();
  assert.equal(turns[0].left, 200);
  strips.scrollLeft = 400;
  strips.dispatchEvent(new Event("scroll"));
  assert.deepEqual([before.disabled, after.disabled], [false, true]);
});
