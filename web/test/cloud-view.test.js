// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, find, frames, point } from "./page.js";
import { lengthOf, makeCloudView } from "../parts/cloud-view.js";

function make() {
  const values = { grain_position: 0.5, grain_position_mix: 1, grain_position_spread: 0.1 };
  /** @type {number[]} */
  const picked = [];
  const view = makeCloudView({ label: "Violin", values: () => values, reads: () => "1", onPick: (place) => picked.push(place) });
  document.body.append(view.body);
  return { ...view, values, picked, band: find(view.body, ".band") };
}

test("the band lies where the cloud is, as wide as its spread, brighter with more grains", () => {
  const { band, values, showCloud } = make();
  showCloud([0.25, 0]);
  frames();
  assert.deepEqual([band.style.left, band.style.right], ["40.00%", "40.00%"]);
  const quiet = Number(band.style.opacity);
  values.grain_position_mix = 0; // the scan alone decides
  showCloud([0.05, 80]);
  frames();
  assert.deepEqual([band.style.left, band.style.right], ["0.00%", "85.00%"]);
  assert.ok(Number(band.style.opacity) > quiet + 0.3);
});

test("the waveform is drawn when it has come, as far as the recording goes, and once", () => {
  const { body, showPeaks } = make();
  const canvas = find(body, "canvas");
  frames();
  assert.deepEqual(drawn(canvas), []);
  const part = { low: new Int8Array([-127, 0, 0, 0]), high: new Int8Array([127, 64, 0, 0]), rms: new Uint8Array([64, 32, 0, 0]) };
  showPeaks({ binS: 0.5, startS: 0, bins: 4, strips: { 1: part } });
  frames();
  const columns = drawn(canvas).map((call) => call.split(" ")).filter(([name]) => name === "fillRect");
  assert.equal(columns.length, 400); // of 200 pixels, each an outline and a core
  const heights = columns.slice(0, 200).map((call) => Number(call[4]));
  assert.ok(Math.abs(heights[50] - 98) < 0.1, "the loudest fills the canvas but for a pixel on each side");
  assert.ok(heights[150] < 50, "the second of two bins goes to the end");
  frames();
  assert.deepEqual(drawn(canvas), []);
});

test("pointing at a place picks it, and so does drawing over it, not beyond the ends", () => {
  const { body, picked } = make();
  point(body, "pointermove", { clientX: 20 });
  for (const [type, clientX] of /** @type {[string, number][]} */ ([["down", 50], ["move", 150], ["move", 900]])) {
    point(body, `pointer${type}`, { clientX });
    frames();
  }
  assert.deepEqual(picked, [0.25, 0.75, 1]);
  point(body, "pointerdown", { clientX: 50, button: 2, pointerId: 2 });
  frames();
  assert.equal(picked.length, 3);
});

test("a recording ends behind its last sound", () => {
  const part = { low: new Int8Array([-3, 0, 0, 0]), high: new Int8Array([4, 0, 2, 0]), rms: new Uint8Array([9, 0, 0, 0]) };
  assert.equal(lengthOf({ binS: 0.5, startS: 0, bins: 4, strips: { 1: part } }, "1"), 1.5);
  assert.equal(lengthOf({ binS: 0.5, startS: 0, bins: 4, strips: {} }, "1"), 0.5);
});
