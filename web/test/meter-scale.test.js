// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { meterPosition } from "../parts/meter-scale.js";

test("the upper 20 dB of a meter have two thirds of its height", () => {
  assert.deepEqual([-80, -60, 6, 20].map(meterPosition), [0, 0, 1, 1]);
  assert.equal(meterPosition(-20), 0.34);
  assert.ok(meterPosition(0) > 0.8);
});
