// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Onset, ONSET_THRESHOLD } from "../onset.js";

const RATE_HZ = 48000;

/** @param {number} frames @param {number} [value] */
const block = (frames, value = 0) => new Float32Array(frames).fill(value);

test("finds the first sample at the threshold, on either side", () => {
  for (const side of [0, 1]) {
    const onset = new Onset(RATE_HZ);
    onset.process(block(4800), block(4800));
    onset.arm();
    const sides = [block(128), block(128)];
    sides[side][77] = -ONSET_THRESHOLD * 1.001;
    assert.equal(onset.process(sides[0], sides[1]), 77);
  }
});

test("says nothing unless it was asked, and answers once", () => {
  const onset = new Onset(RATE_HZ);
  onset.process(block(4800), block(4800));
  assert.equal(onset.process(block(128, 0.5), block(128)), -1);
  onset.process(block(4800), block(4800));
  onset.arm();
  assert.equal(onset.process(block(128, 0.5), block(128)), 0);
  assert.equal(onset.process(block(128, 0.5), block(128)), -1);
});

test("the end of the burst before is not taken for the next one", () => {
  const onset = new Onset(RATE_HZ);
  onset.process(block(128, 0.5), block(128, 0.5));
  onset.arm();
  assert.equal(onset.process(block(128, 0.5), block(128, 0.5)), -1);
  assert.equal(onset.process(block(480), block(480)), -1); // a gap of 10 ms inside the sound
  assert.equal(onset.process(block(128, 0.5), block(128, 0.5)), -1);
  onset.process(block(1440), block(1440));
  assert.equal(onset.process(block(128, 0.5), block(128, 0.5)), 0);
});

test("hears nothing below its threshold", () => {
  const onset = new Onset(RATE_HZ);
  onset.process(block(4800), block(4800));
  onset.arm();
  assert.equal(onset.process(block(4800, ONSET_THRESHOLD * 0.99), block(4800)), -1);
});
