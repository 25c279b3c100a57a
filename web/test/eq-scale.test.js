// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { across, bandEdges, barHeight, down, frequencyAt } from "../parts/eq-scale.js";

test("an EQ's drawing goes from 20 Hz to 20 kHz, and from 20 dB down to -20", () => {
  assert.deepEqual([across(20), across(20000), down(20), down(0), down(-20), down(99)], [0, 1, 0, 0.5, 1, 0]);
  assert.ok(Math.abs(frequencyAt(across(440)) - 440) < 1e-9);
});

test("the spectrum's bands lie where IEC 61260 puts them: the 18th around 1 kHz, each beginning where one ends", () => {
  const [low, high] = bandEdges(17);
  assert.ok(Math.abs(low * high - 1e6) < 1e-3);
  assert.ok(Math.abs(bandEdges(18)[0] - high) < 1e-9);
});

test("a spectrum's bar is empty at -84 dB and full at 0", () => {
  assert.deepEqual([-120, -84, -42, 0, 6].map(barHeight), [0, 0, 0.5, 1, 1]);
});
