// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames, seen } from "./page.js";
import { drawEachFrame, drawWhileSeen, isSparing } from "../parts/frames.js";

/** @returns {[(passedS: number) => void, () => {count: number, passedS: number}]} */
function counter() {
  let [count, passedS] = [0, 0];
  return [(passed) => {
    count++;
    passedS += passed;
  }, () => {
    const found = { count, passedS };
    [count, passedS] = [0, 0];
    return found;
  }];
}

test("what is on the screen is drawn in each frame, and no longer when it has left", () => {
  const [draw, taken] = counter();
  const body = document.createElement("i");
  drawWhileSeen(body, draw);
  frames(2);
  taken();
  frames(10);
  const { count, passedS } = taken();
  assert.equal(count, 10);
  assert.ok(Math.abs(passedS - 10 / 60) < 1e-6);
  seen(body, false);
  frames(3);
  assert.equal(taken().count, 0);
});

test("while frames come late, what is looked at is drawn half as often, what moves is not, and no time is lost", () => {
  const [look, looked] = counter();
  const [move, moved] = counter();
  const body = document.createElement("i");
  drawWhileSeen(body, look);
  const stop = drawEachFrame(move);
  frames(30, 40);
  assert.equal(isSparing(), true);
  looked();
  moved();
  frames(20, 40);
  const { count, passedS } = looked();
  assert.equal(count, 10);
  assert.ok(Math.abs(passedS - 0.8) < 0.05);
  assert.equal(moved().count, 20);
  frames(200);
  assert.equal(isSparing(), false);
  stop();
  seen(body, false);
  moved();
  frames(2);
  assert.equal(moved().count, 0);
});
