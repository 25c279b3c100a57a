// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { point } from "./page.js";
import { followPinch } from "../parts/pinch.js";

test("fingers that part give their factor and their middle; one finger gives nothing", () => {
  const body = document.createElement("div");
  /** @type {number[][]} */
  const pinches = [];
  const pinched = followPinch(body, (...pinch) => pinches.push(pinch));
  point(body, "pointerdown", { clientX: 0, clientY: 0, pointerId: 1 });
  point(body, "pointermove", { clientX: 10, clientY: 0, pointerId: 1 });
  assert.deepEqual([pinches, pinched()], [[], false]);
  point(body, "pointerdown", { clientX: 50, clientY: 30, pointerId: 2 }); // 50 px away
  point(body, "pointermove", { clientX: 90, clientY: 60, pointerId: 2 }); // 100 px
  assert.deepEqual(pinches, [[2, 50, 20]]);
  point(body, "pointerup", { pointerId: 1 });
  point(body, "pointermove", { clientX: 0, clientY: 0, pointerId: 2 });
  point(body, "pointerup", { pointerId: 2 });
  assert.deepEqual([pinches.length, pinched()], [1, true]);
  point(body, "pointerdown", { clientX: 0, clientY: 0, pointerId: 3 });
  assert.equal(pinched(), false);
});
