// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { extremes, readPeaks } from "../parts/peaks.js";

/** The format of docs/your-music.md, written by hand. */
function answer() {
  const head = { sample_rate_hz: 48000, bin_frames: 4800, first_bin: 10, bins: 3, duration_s: 9, strips: ["a", "b"] };
  const json = JSON.stringify(head);
  const text = json.padEnd(Math.ceil(json.length / 4) * 4);
  const bytes = new Uint8Array(12 + text.length + 18);
  bytes.set(new TextEncoder().encode("TELPEAK1"));
  new DataView(bytes.buffer).setUint32(8, text.length, true);
  bytes.set(new TextEncoder().encode(text), 12);
  bytes.set([-127, -10, 0, 127, 20, 0, 255, 51, 0].map((value) => value & 255), 12 + text.length);
  bytes.set([0, 0, -64, 0, 0, 64, 0, 0, 102].map((value) => value & 255), 12 + text.length + 9);
  return bytes.buffer;
}

test("every strip has its lowest, its highest and its RMS", () => {
  const peaks = readPeaks(answer());
  assert.equal(peaks.binS, 0.1);
  assert.equal(peaks.startS, 1);
  assert.deepEqual([...peaks.strips.a.low], [-127, -10, 0]);
  assert.deepEqual([...peaks.strips.b.rms], [0, 0, 102]);
});

test("a column of pixels shows the extremes of all bins under it", () => {
  const peaks = readPeaks(answer());
  assert.deepEqual(extremes(peaks, "a", 1.1, 1.2), [-10 / 127, 20 / 127, 0.2]);
  const [low, high] = extremes(peaks, "a", 1, 1.3) ?? [];
  assert.deepEqual([low, high], [-1, 1]);
});

test("where there is nothing nothing is drawn", () => {
  const peaks = readPeaks(answer());
  assert.equal(extremes(peaks, "a", 0, 0.5), null);
  assert.equal(extremes(peaks, "a", 2, 3), null);
  assert.equal(extremes(peaks, "c", 1, 2), null);
});

test("bytes of another kind are refused in words", () => {
  assert.throws(() => readPeaks(new ArrayBuffer(40)), /load the page again/);
  assert.throws(() => readPeaks(new ArrayBuffer(3)), /load the page again/);
});
