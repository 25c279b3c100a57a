// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn } from "./page.js";
import { makeHistogram } from "../parts/histogram.js";

test("a histogram is told in words, and the fullest bin is the tallest", () => {
  const canvas = makeHistogram([[10, 5], [11, 10]], { p50: 11, p95: 12 });
  assert.equal(canvas.getAttribute("aria-label"), "Histogram of 15 measurements from 10 to 12 ms");
  const bars = drawn(canvas).filter((call) => call.startsWith("fillRect")).map((call) => Number(call.split(" ")[4]));
  assert.deepEqual(bars.slice(0, 2), [38, 76]);
});
