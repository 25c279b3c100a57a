// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn } from "./page.js";
import { TimeView } from "../parts/time-view.js";
import { drawWaves } from "../parts/waves.js";

test("each strip has its row, in which the loudest moment fills the height", () => {
  const canvas = document.createElement("canvas");
  const low = Int8Array.from([-127, -12]);
  const lane = { low, high: Int8Array.from([127, 12]), rms: Uint8Array.from([60, 6]) };
  const peaks = /** @type {any} */ ({ startS: 0, endS: 2, points: 2, pointS: 1, strips: { a: lane, b: lane } });
  drawWaves(canvas, new TimeView(2), peaks, [{ id: "a", name: "Low", colour: "" }, { id: "b", name: "High", colour: "" }]);
  const calls = drawn(canvas);
  assert.deepEqual(calls.filter((call) => call.startsWith("fillText")).map((call) => call.split(" ")[1]).slice(-2), ["Low", "High"]);
  const columns = calls.filter((call) => /^fillRect \d+ [\d.]+ 1 [\d.]+$/.test(call));
  assert.ok(columns.length >= 400); // 200 px, two rows
});
