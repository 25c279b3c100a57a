// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { outputDb, reductionDb } from "../parts/compressor-curve.js";

test("a hard knee takes all that is above the threshold but for one part in the ratio", () => {
  const curve = { thresholdDb: -20, ratio: 4, kneeDb: 0, makeupDb: 3 };
  assert.deepEqual([-60, -20, 0].map((level) => reductionDb(curve, level)), [0, 0, 15]);
  assert.deepEqual([-60, -20, 0].map((level) => outputDb(curve, level)), [-57, -17, -12]);
});

test("a soft knee takes slope * knee / 8 at the threshold, and joins the lines at its ends", () => {
  const curve = { thresholdDb: -20, ratio: 4, kneeDb: 12, makeupDb: 0 };
  assert.deepEqual([-26, -20, -14].map((level) => reductionDb(curve, level)), [0, (0.75 * 12) / 8, 4.5]);
});
