// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Resampler } from "../resampler.js";
import { signalToNoiseDb } from "./simulated-line.js";

const FRAMES = 16384;

/** @param {(frame: number) => number} signal */
function ringOf(signal) {
  const ring = new Float32Array(FRAMES * 2);
  for (let i = 0; i < FRAMES; i++) {
    ring[2 * i] = signal(i);
    ring[2 * i + 1] = -signal(i);
  }
  return ring;
}

/**
 * @param {number} hz
 * @param {number} step
 * @param {number} ratio
 */
function resampled(hz, step, ratio) {
  const ring = ringOf((i) => Math.sin((2 * Math.PI * hz * i) / 48000));
  const count = Math.floor((FRAMES - 400) / step);
  const left = new Float32Array(count);
  const right = new Float32Array(count);
  new Resampler(ratio).read(ring, FRAMES - 1, 200.3, step, left, right, 0, count);
  return { left, right };
}

for (const [hz, step, atLeastDb] of [[10000, 1.005, 80], [10000, 0.995, 80], [16000, 1.0001, 80], [1000, 1.003, 95]]) {
  test(`a ${hz} Hz sine read ${step} times as fast keeps ${atLeastDb} dB of signal to noise and its pitch`, () => {
    const { left } = resampled(hz, step, 1);
    // the fit is at the exact frequency: a wrong pitch would show as noise
    const db = signalToNoiseDb(left, hz * step, 48000);
    assert.ok(db >= atLeastDb, `${db.toFixed(1)} dB`);
  });
}

for (const contextRateHz of [44100, 96000, 22050]) {
  test(`a 10 kHz sine at 48 kHz comes out right at ${contextRateHz} Hz`, () => {
    const ratio = 48000 / contextRateHz;
    const db = signalToNoiseDb(resampled(10000, ratio, ratio).left, 10000, contextRateHz);
    assert.ok(db >= (contextRateHz < 40000 ? 60 : 80), `${db.toFixed(1)} dB`);
  });
}

test("what does not fit under the new Nyquist frequency is taken out", () => {
  const ratio = 48000 / 22050;
  const { left } = resampled(16000, ratio, ratio);
  const peak = left.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(peak < 0.001, `${peak}`);
});

test("at ratio 1 and a whole position the samples are the same bits", () => {
  const ring = ringOf((i) => Math.fround(Math.sin(i * i)));
  const left = new Float32Array(512);
  const right = new Float32Array(512);
  new Resampler().read(ring, FRAMES - 1, 1000, 1, left, right, 0, 512);
  assert.deepEqual(left, Float32Array.from({ length: 512 }, (_, i) => ring[2 * (1000 + i)]));
  assert.deepEqual(right, left.map((value) => -value));
});

test("reads over the ring's end, and at positions beyond 2^32", () => {
  const ring = ringOf((i) => Math.sin((2 * Math.PI * 3000 * i) / 48000)); // 1024 whole periods in the ring
  const [near, far, unused] = [new Float32Array(600), new Float32Array(600), new Float32Array(600)];
  new Resampler().read(ring, FRAMES - 1, FRAMES - 300, 1, near, unused, 0, 600);
  new Resampler().read(ring, FRAMES - 1, FRAMES * 2 ** 20 - 300, 1, far, unused, 0, 600);
  assert.deepEqual(far, near);
  assert.ok(signalToNoiseDb(near, 3000, 48000) > 100);
});

test("refuses a ratio out of range", () => {
  assert.throws(() => new Resampler(0), /ratio is 0; allowed/);
});

/** @type {{sound: number[], cases: {ratio: number, step: number, position: number, wanted: number[]}[]}} */
const { sound, cases } = JSON.parse(readFileSync(new URL("../../tests/references/resampling.json", import.meta.url), "utf8"));

for (const { ratio, step, position, wanted } of cases) {
  test(`gives the vectors it shares with Python: ratio ${ratio.toFixed(3)}, step ${step.toFixed(3)}`, () => {
    const ring = new Float32Array(1024);
    sound.forEach((value, i) => ring.set([value, -value], 2 * i));
    const [left, right] = [new Float32Array(wanted.length), new Float32Array(wanted.length)];
    new Resampler(ratio).read(ring, 511, position, step, left, right, 0, wanted.length);
    // tabulated phases miss the definition by -94 dB of full scale at most, and noise has all frequencies
    wanted.forEach((value, i) => assert.ok(Math.abs(left[i] - value) < 1e-4, `${i}: ${left[i]} for ${value}`));
  });
}
