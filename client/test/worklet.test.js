// @ts-check
/** The AudioWorklet's processor without an AudioWorklet: what a capture says of gaps. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { INT, Ring, RingWriter } from "../ring.js";
import { audioMessage } from "./simulated-line.js";

const QUANTUM = 128;

/** @type {any} */
let Processor;
const world = /** @type {any} */ (globalThis);
world.sampleRate = 48000;
world.currentFrame = 0;
world.AudioWorkletProcessor = class {
  port = { said: /** @type {any[]} */ ([]), postMessage: (/** @type {any} */ message) => this.port.said.push(message) };
};
world.registerProcessor = (/** @type {string} */ _, /** @type {any} */ made) => (Processor = made);
await import("../worklet.js");

/** A processor, time that passes for it with or without sound that comes, and captures. */
function scene() {
  const memory = Ring.allocate(true);
  const ring = new Ring(memory);
  const writer = new RingWriter(ring);
  const processor = new Processor({ processorOptions: { memory, streamRateHz: 48000, safety: 0 } });
  let played = 0;
  let written = 0;
  return {
    ring,
    said: processor.port.said,
    /** @param {number} seconds @param {boolean} fed */
    pass(seconds, fed) {
      for (const end = played + seconds * 48000; played < end; played += QUANTUM) {
        if (!fed) written = Math.max(written, Math.floor(played / 240));
        for (; fed && written * 240 <= played; written++) {
          writer.accept(audioMessage({ firstFrame: written * 240, sequence: written, signal: () => 0.5 }));
        }
        processor.process([], [[new Float32Array(QUANTUM), new Float32Array(QUANTUM)]]);
      }
    },
    capture() {
      const left = new Float32Array(4800);
      processor.receive({ kind: "capture", id: 1, left, right: new Float32Array(4800), fromFrame: 0 });
    },
  };
}

test("a stretch of sound that goes on has no gap", () => {
  const { ring, said, pass, capture } = scene();
  pass(4, true);
  assert.equal(ring.ints[INT.PLAYING], 1);
  capture();
  pass(0.2, true);
  assert.deepEqual([said.length, said[0].underruns, said[0].trims], [1, 0, 0]);
});

test("a gap that begins within the stretch is counted", () => {
  const { said, pass, capture } = scene();
  pass(4, true);
  capture();
  pass(0.2, false);
  assert.deepEqual([said.length, said[0].underruns], [1, 1]);
});

test("a gap that had begun before the stretch is counted too", () => {
  const { ring, said, pass, capture } = scene();
  pass(4, true);
  pass(0.2, false);
  assert.equal(ring.ints[INT.PLAYING], 0);
  capture();
  pass(0.2, true);
  assert.deepEqual([said.length, said[0].underruns], [1, 1]);
});
