// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn } from "./page.js";
import { describe, makeRunPlot, scaleOf, spread, stacked } from "../parts/run-plot.js";

const run = (/** @type {number} */ p50_ms, split_ms = {}) => ({ at: "2026-01-02T03:04:05+00:00", samples: 9, p50_ms, p95_ms: p50_ms + 5, p99_ms: p50_ms + 9, split_ms });

test("stages lie one upon the other, the output beyond them is left out, and none reaches below nothing", () => {
  assert.deepEqual(stacked({ ring: 8, control: 2, wait: -0.5, output: 30 }), [
    { stage: "control", fromMs: 0, toMs: 2 }, { stage: "wait", fromMs: 2, toMs: 2 }, { stage: "ring", fromMs: 2, toMs: 10 },
  ]);
});

test("the scale holds the largest value in at most a handful of round steps", () => {
  for (const most of [0.4, 3, 17, 49.9, 50, 51, 333, 9000]) {
    const { stepMs, endMs } = scaleOf(most);
    assert.ok(endMs >= most && endMs / stepMs <= 5, String(most));
  }
});

test("a history is told in words", () => {
  assert.equal(describe([run(12), run(10.25)]), "2 runs over time: medians from 10.3 to 12.0 ms, the last 10.3 ms");
  assert.equal(describe([]), "No runs");
});

test("each run is a column of its stages with a mark at its median", () => {
  const canvas = makeRunPlot([run(10, { control: 4, ring: 6 }), run(20, { ring: 20 })]);
  document.body.append(canvas);
  const columns = drawn(canvas).filter((call) => / 24 [\d.]+$/.test(call)).map((call) => call.split(" ").map(Number));
  // the scale ends at 30 ms and is 78 px high
  assert.deepEqual(columns.map(([, , , , height]) => height), [10.4, 15.6, 52]);
});

test("every value of the scale has its whole width, and the columns begin behind the widest", () => {
  const canvas = makeRunPlot([run(250)]);
  document.body.append(canvas);
  const calls = drawn(canvas).map((call) => call.split(" "));
  const texts = calls.filter(([name, , unit]) => name === "fillText" && !/[a-z:]/i.test(unit.replace("ms", "")));
  assert.ok(texts.some(([, value, unit]) => value === "300" && unit === "ms"));
  // 30 px is what a text measures here; it ends 6 px before the lines
  for (const text of texts.filter(([, value]) => /^\d+$/.test(value))) assert.equal(Number(text.at(-2)), 30);
  assert.ok(calls.filter(([name, , , width]) => name === "fillRect" && width === "164").every(([, left]) => left === "36"));
});

test("the last date stands below its column, and does not run into the first", () => {
  assert.deepEqual(spread(2, 300, 100), { pitch: 100, bar: 24 });
  assert.deepEqual(spread(1, 300, 100), { pitch: 100, bar: 24 });
  assert.deepEqual(spread(60, 300, 100), { pitch: 5, bar: 3 });
  const canvas = makeRunPlot([run(10), { ...run(20), at: "2026-02-03T04:05:06+00:00" }]);
  document.body.append(canvas);
  const calls = drawn(canvas);
  const dates = calls.filter((call) => call.startsWith("fillText") && call.includes(":")).map((call) => Number(call.split(" ").at(-2)));
  const medians = calls.filter((call) => / 26 2$/.test(call)).map((call) => Number(call.split(" ")[1]) + 1);
  assert.deepEqual(dates, medians);
});
