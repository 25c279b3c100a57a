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

test("a number that has no room at the right edge is left out, not cut, and none runs into the next", () => {
  const canvas = makeHistogram([[10, 5], [310, 1]], { p50: 10, p95: 300 }); // 312 ms on 200 px; a text measures 30 px here
  const texts = drawn(canvas).filter((call) => call.startsWith("fillText")).map((call) => call.split(" ")[1]);
  assert.deepEqual(texts, ["0", "100", "200"]);
});

test("a histogram on the page is drawn anew in the other theme's colours", () => {
  const canvas = makeHistogram([[10, 5]], { p50: 11, p95: 12 });
  document.body.append(canvas);
  drawn(canvas);
  window.dispatchEvent(new Event("themechange"));
  assert.ok(drawn(canvas).length > 0);
});
