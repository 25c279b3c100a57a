// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { histogram, makeCard } from "../parts/latency-card.js";

test("samples are counted in whole milliseconds", () => {
  assert.deepEqual(histogram([0, 0.9, 7.3, 1, 7.9]), [[0, 2], [1, 1], [7, 2]]);
});

test("a result shows its percentiles, its distribution, its split, and its history if it was kept", () => {
  const run = { at: "2026-01-02T03:04:05+00:00", samples: 9, p50_ms: 10, p95_ms: 11, p99_ms: 12, split_ms: {} };
  const shown = { kind: /** @type {const} */ ("sound"), p50_ms: 10, p95_ms: 11, p99_ms: 12.34, histogram_ms: /** @type {[number, number][]} */ ([[10, 3]]), split_ms: { ring: 5 }, samples: 3, about: "here" };
  const fresh = makeCard(shown);
  assert.equal(find(fresh, "h3").textContent, "Control to sound");
  assert.match(find(fresh, ".percentiles").textContent, /p5010\.0 ms.*p9912\.3 ms/);
  assert.ok(find(fresh, ".histogram") && find(fresh, ".stages"));
  assert.equal(fresh.querySelector(".runs"), null);
  assert.ok(find(makeCard({ ...shown, history: [run] }), ".runs"));
});
