// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { TABLE } from "./page.js";
import { toPosition } from "../parts/law.js";
import { marks, meterHeight } from "../parts/meter-scale.js";

test("a level stands where the fader's scale says so, silence below it, and no level above the meter", () => {
  const { fader } = TABLE.strip;
  for (const db of marks(fader).filter((each) => each > -60)) {
    assert.ok(Math.abs(meterHeight(fader, db, 328) - (14 + 300 * toPosition(fader, db))) < 1e-9, `${db} dB`);
  }
  assert.deepEqual([-200, -60].map((db) => meterHeight(fader, db, 328)), [0, 0]);
  assert.equal(meterHeight(fader, 40, 328), 314);
  const heights = Array.from({ length: 73 }, (_, n) => meterHeight(fader, n - 60, 328));
  assert.deepEqual(heights, [...heights].sort((a, b) => a - b));
});
