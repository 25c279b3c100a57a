// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, find, frames, makePart } from "./page.js";
import { makeEqGraph, traceCurve } from "../parts/eq-graph.js";

test("a curve is traced over the whole width, and 0 dB lies in the middle", () => {
  const { points } = /** @type {any} */ (traceCurve(200, 100, () => 0));
  assert.deepEqual([points[0], points.at(-1)[0] >= 200, new Set(points.map((/** @type {number[]} */ at) => at[1])).size], [[0, 50], true, 1]);
});

test("the spectrum rises at once, falls slowly, and the curve lies over it", () => {
  const { part } = makePart();
  const graph = makeEqGraph(part, 48000, () => {});
  document.body.append(graph.body);
  const canvas = find(graph.body, "canvas");
  frames(3);
  drawn(canvas);
  graph.showSpectrum(Array(31).fill(-42)); // half of what is shown
  frames();
  const bars = drawn(canvas).filter((call) => call.startsWith("fillRect") && call.endsWith(" 50"));
  assert.equal(bars.length, 31);
  graph.showSpectrum(Array(31).fill(-120));
  frames(2);
  const calls = drawn(canvas);
  assert.ok(calls.some((call) => /^fillRect .* 4[5-9]\.\d+$/.test(call)));
  assert.ok(calls.lastIndexOf("stroke path") > calls.map((call) => call.startsWith("fillRect")).lastIndexOf(true));
});

test("it is drawn again when a band is turned, with a handle for each", () => {
  const { part, session } = makePart();
  const graph = makeEqGraph(part, 48000, () => {});
  document.body.append(graph.body);
  assert.deepEqual([...graph.body.querySelectorAll(".eq-handle")].map((handle) => handle.textContent), ["HP", "L", "1", "2", "H"]);
  const canvas = find(graph.body, "canvas");
  frames(3);
  drawn(canvas);
  frames(3);
  assert.deepEqual(drawn(canvas), []);
  session.turned("strip/1/eq_mid1_gain", 12);
  frames(3);
  assert.ok(drawn(canvas).length > 0);
});
