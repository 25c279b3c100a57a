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

test("finds a burst in the tail of the one before, and not the tail itself", () => {
  const onset = new Onset(RATE_HZ);
  onset.process(block(4800), block(4800));
  // 20 ms at 0.5, then a diffuse tail 20 dB below that falls by 60 dB a second
  const frames = 19200;
  const sound = new Float32Array(frames);
  for (let i = 0; i < frames; i++) {
    const sine = Math.sin((2 * Math.PI * 1000 * i) / RATE_HZ);
    const inBurst = i % 9600 < 960;
    sound[i] = sine * (inBurst ? 0.5 : 0.05 * 10 ** ((-3 * (i % 9600)) / RATE_HZ));
  }
  const found = [];
  for (let at = 0; at < frames; at += 128) {
    if (at === 128 * 20) onset.arm(); // well inside the first burst's tail
    const here = sound.subarray(at, at + 128);
    const index = onset.process(here, here);
    if (index >= 0) found.push(at + index);
  }
  assert.equal(found.length, 1);
  assert.ok(found[0] >= 9600 && found[0] < 9610, String(found[0]));
});
