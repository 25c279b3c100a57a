// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Player } from "../player.js";
import { FLOAT, INT, Ring, RingWriter } from "../ring.js";
import { audioMessage, largestStep, play, signalToNoiseDb } from "./simulated-line.js";

const SINE_STEP = (0.5 * 2 * Math.PI * 440) / 48000; // the steepest that the test sine gets

/** A small generator of repeatable numbers in [0, 1) (Numerical Recipes' ranqd1). @param {number} seed */
function noise(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param {number[]} values */
const most = (values) => values.reduce((a, b) => Math.max(a, b), 0);

test("on a clean line it plays without a gap and holds about one message and one quantum", () => {
  const { underruns, trims, fills } = play({ seconds: 40, safety: 0 });
  assert.equal(underruns, 0);
  assert.equal(trims, 0);
  const settled = fills.slice(-4000);
  assert.ok(most(settled) <= 240 + 128 + 32, `${most(settled)} frames at most`);
  assert.ok(Math.min(...settled) >= 128 + 16, `${Math.min(...settled)} frames at least`);
});

test("what comes out is what was sent", () => {
  const { left, right } = play({ seconds: 20 });
  const end = left.slice(-48000);
  assert.ok(signalToNoiseDb(end, 440, 48000) > 60); // the drift correction still bends the pitch by a few ppm
  assert.deepEqual(right.slice(-48000), end.map((value) => -value));
});

test("with 0 to 10 ms of jitter it learns the spread and no longer runs dry", () => {
  const random = noise(3);
  const late = Array.from({ length: 12000 }, () => random() * 0.01);
  const { underruns, ring } = play({ seconds: 60, lateS: (index) => late[index] });
  const first = play({ seconds: 3, lateS: (index) => late[index] }).underruns;
  assert.equal(underruns - first, 0);
  assert.ok(first <= 1, `${first} underruns while it learned`);
  const held = ring.ints[INT.TARGET] / 48000;
  assert.ok(held > 0.005 && held < 0.01, `holds ${held} s before an average message, which is 5 ms before the latest`);
});

for (const driftPpm of [300, -300]) {
  test(`follows a clock that is ${driftPpm} ppm off, for a minute, without a gap or growing delay`, () => {
    const { underruns, trims, fills, ring } = play({ seconds: 60, driftPpm, safety: 0 });
    assert.equal(underruns, 0);
    assert.equal(trims, 0);
    assert.ok(most(fills.slice(-4000)) <= 240 + 128 + 96, `${most(fills.slice(-4000))} frames`);
    assert.ok(Math.abs(ring.floats[FLOAT.RATIO] - 1 - driftPpm * 1e-6) < 200e-6, `${ring.floats[FLOAT.RATIO]}`);
  });
}

test("a device that takes four quanta at once makes it hold them, without a gap", () => {
  const { underruns, fills } = play({ seconds: 20, bunch: 4 });
  assert.equal(underruns, 0);
  assert.ok(most(fills.slice(-2000)) <= 240 + 4 * 128 + 160);
});

test("when the device stood still for 40 ms, what came meanwhile is cut out at once, without a click", () => {
  // for the device, everything comes 40 ms earlier from then on
  const { left, underruns, trims, fills } = play({ seconds: 16, lateS: (index) => (index < 1600 ? 0 : -0.04) });
  assert.equal(underruns, 0);
  assert.ok(trims >= 1 && trims <= 3, `${trims} trims`);
  assert.ok(most(fills.slice(-400)) <= 240 + 128 + 180, `${most(fills.slice(-400))} frames`);
  assert.ok(largestStep(left) < SINE_STEP * 2.01 + (0.5 * Math.PI) / 480, `${largestStep(left)}`);
});

test("what came before the device ran is passed over, and the newest is played at once", () => {
  const waiting = 248; // 1.24 s
  const { underruns, trims, fills } = play({ seconds: 3, lateS: (index) => Math.max(0, waiting - index) * 0.005 });
  assert.deepEqual([underruns, trims], [0, 0]);
  const began = fills.slice(Math.ceil((waiting * 0.005 + 0.11) * 375));
  const clean = play({ seconds: 1 }).fills.slice(60);
  assert.ok(most(began) <= most(clean), `${most(began)} frames in hand; where nothing waited, ${most(clean)}`);
});

test("a stall is one underrun that fades out and in over 10 ms without a click", () => {
  const stalled = (/** @type {number} */ index) => (index >= 1000 && index < 1020 ? Math.max(0, 0.1 - (index - 1000) * 0.005) : 0);
  const { left, underruns } = play({ seconds: 8, lateS: stalled });
  assert.equal(underruns, 1);
  // a raised cosine of 10 ms adds at most pi / 2 / 480 of the level to the sine's own step
  assert.ok(largestStep(left) < SINE_STEP * 1.01 + (0.5 * Math.PI) / 2 / 480, `${largestStep(left)}`);
});

test("after a stall it holds more, and gives it back when half a minute has been clean", () => {
  const stalled = (/** @type {number} */ index) => (index === 1000 ? 0.04 : 0);
  const soon = play({ seconds: 20, lateS: stalled, safety: 0.25 });
  const later = play({ seconds: 75, lateS: stalled, safety: 0.25 });
  assert.ok(soon.ring.ints[INT.TARGET] > 0.045 * 48000);
  assert.ok(later.ring.ints[INT.TARGET] < 0.02 * 48000, `${later.ring.ints[INT.TARGET]}`);
  assert.equal(later.underruns, 1);
});

test("lost messages are crossed without a click and counted in the played position", () => {
  const lost = (/** @type {number} */ index) => (index >= 1000 && index < 1007 ? null : { flags: index === 1007 ? 1 : 0 });
  const { left, ring } = play({ seconds: 12, change: lost });
  assert.ok(largestStep(left) < SINE_STEP * 2.01 + (0.5 * Math.PI) / 480, `${largestStep(left)}`);
  const behind = 12 * 48000 - ring.floats[FLOAT.PLAYED_FRAME];
  assert.ok(behind > 0 && behind < 800, `${behind} frames behind the line`);
});

test("a new epoch goes on by itself, without a click", () => {
  const restarted = (/** @type {number} */ index) =>
    index < 1000 ? {} : index < 1200 ? null : { epoch: 2, firstFrame: (index - 1200) * 240 };
  const { left, underruns, ring } = play({ seconds: 12, change: restarted });
  assert.equal(underruns, 1);
  assert.ok(largestStep(left) < SINE_STEP * 1.01 + (0.5 * Math.PI) / 480, `${largestStep(left)}`);
  const behind = 6 * 48000 - ring.floats[FLOAT.PLAYED_FRAME];
  assert.ok(behind > 0 && behind < 800, `${behind} frames behind the line`);
});

test("a message rate of 48 kHz is played at its pitch by a device of 44.1 kHz", () => {
  const signal = (/** @type {number} */ frame) => 0.5 * Math.sin((2 * Math.PI * 10000 * frame) / 48000);
  const { left, underruns } = play({ seconds: 30, contextRateHz: 44100, signal });
  assert.equal(underruns, 0);
  // the drift correction goes on by some ppm: look for the pitch within 30 of them (0.05 cents)
  const fits = Array.from({ length: 61 }, (_, i) => 10000 * (1 + (i - 30) * 1e-6));
  const best = most(fits.map((hz) => signalToNoiseDb(left.slice(-8192), hz, 44100)));
  assert.ok(best > 45, `${best} dB`);
});

test("a larger render quantum than usual works as well", () => {
  const { underruns, fills } = play({ seconds: 20, quantumFrames: 480 });
  assert.equal(underruns, 0);
  assert.ok(most(fills.slice(-500)) <= 240 + 480 + 300);
});

test("ten minutes in the audio thread make no object", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const ring = new Ring(Ring.allocate(true));
  const writer = new RingWriter(ring);
  const player = new Player(ring, { contextRateHz: 44100, streamRateHz: 48000 });
  const [left, right] = [new Float32Array(128), new Float32Array(128)];
  const message = audioMessage({ firstFrame: 0, signal: () => 0.25 });
  let sent = 0;
  const run = (/** @type {number} */ quanta) => {
    for (let quantum = 0; quantum < quanta; quantum++) {
      player.process(left, right);
      const dueFrames = (ring.floats[FLOAT.DEVICE_FRAMES] * 48000) / 44100;
      for (; sent * 240 < dueFrames; sent++) {
        message.setUint32(16, sent * 240, true);
        writer.accept(message);
      }
    }
  };
  run(20000);
  collect();
  const before = process.memoryUsage().heapUsed;
  run(200000);
  const grown = process.memoryUsage().heapUsed - before; // before any collection: garbage counts
  assert.equal(ring.ints[INT.UNDERRUNS], 0);
  // the engine boxes a number now and then; the smallest object of ours a quantum would be 3 MB and more
  assert.ok(grown < 3e6, `${grown} bytes`);
});
