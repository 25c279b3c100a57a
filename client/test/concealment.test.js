// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Concealer } from "../concealment.js";
import { largestStep, signalToNoiseDb } from "./simulated-line.js";

const FRAMES = 240;

/**
 * A signal of which some packets are lost, as it sounds then.
 * @param {(frame: number) => number} signal
 * @param {number} packets
 * @param {(packet: number) => boolean} isLost
 */
function hear(signal, packets, isLost) {
  const concealer = new Concealer();
  const left = new Float32Array(packets * FRAMES);
  for (let packet = 0; packet < packets; packet++) {
    const samples = new Float32Array(2 * FRAMES);
    if (isLost(packet)) concealer.conceal(samples);
    else {
      for (let i = 0; i < FRAMES; i++) samples[2 * i] = samples[2 * i + 1] = signal(packet * FRAMES + i);
      concealer.good(samples);
    }
    for (let i = 0; i < FRAMES; i++) left[packet * FRAMES + i] = samples[2 * i];
  }
  return left;
}

const sine = (/** @type {number} */ hz) => (/** @type {number} */ frame) => 0.5 * Math.sin((2 * Math.PI * hz * frame) / 48000);

test("without losses nothing is changed", () => {
  const left = hear(sine(440), 10, () => false);
  assert.ok(left.every((value, frame) => Math.abs(value - sine(440)(frame)) < 1e-7));
});

test("a steady tone goes on through a lost frame: no step, and next to no error", () => {
  const left = hear(sine(440), 40, (packet) => packet === 20);
  assert.ok(largestStep(left) < 1.5 * 0.5 * ((2 * Math.PI * 440) / 48000));
  const around = left.slice(20 * FRAMES, 21 * FRAMES + 128);
  assert.ok(signalToNoiseDb(around, 440, 48000) > 15, String(signalToNoiseDb(around, 440, 48000))); // silence would be 0 dB
});

test("a long loss fades to silence within 60 ms and the sound comes back without a step", () => {
  const left = hear(sine(440), 60, (packet) => packet >= 20 && packet < 40);
  assert.ok(left.slice(33 * FRAMES, 40 * FRAMES).every((value) => value === 0));
  assert.ok(largestStep(left) < 2 * 0.5 * ((2 * Math.PI * 440) / 48000));
});

test("noise stays about as loud as it was", () => {
  let seed = 1;
  const noise = () => ((seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5);
  const left = hear(noise, 100, (packet) => packet % 7 === 3);
  assert.ok(left.every((value) => Math.abs(value) <= 1.5));
  const power = left.reduce((sum, value) => sum + value ** 2, 0) / left.length;
  assert.ok(power < 1.1 / 12 && power > 0.8 / 12, String(power)); // uniform between -0.5 and 0.5: 1/12
});

test("a loss before any sound is silence", () => {
  assert.ok(hear(sine(440), 3, () => true).every((value) => value === 0));
});
