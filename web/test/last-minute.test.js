// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { LastMinute } from "../parts/last-minute.js";

test("counts what happened in the last minute and forgets what is older", () => {
  const minute = new LastMinute(/** @type {const} */ (["underruns"]));
  assert.deepEqual(minute.take(0, { underruns: 5 }), { underruns: 0 });
  assert.deepEqual(minute.take(1000, { underruns: 7 }), { underruns: 2 });
  for (let s = 2; s <= 59; s++) minute.take(1000 * s, { underruns: 7 });
  assert.deepEqual(minute.take(60_000, { underruns: 8 }), { underruns: 3 });
  assert.deepEqual(minute.take(61_500, { underruns: 8 }), { underruns: 1 });
});

test("a counter that was begun anew is no negative growth", () => {
  const minute = new LastMinute(/** @type {const} */ (["underruns"]));
  minute.take(0, { underruns: 9 });
  assert.deepEqual(minute.take(1000, { underruns: 1 }), { underruns: 0 });
  assert.deepEqual(minute.take(2000, { underruns: 3 }), { underruns: 2 });
});
