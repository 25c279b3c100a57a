// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FLOAT, INT, Ring, RingWriter } from "../ring.js";
import { audioMessage } from "./simulated-line.js";

const signal = (/** @type {number} */ frame) => Math.fround(Math.sin(frame));

function made() {
  const ring = new Ring(Ring.allocate(true, 1024));
  return { ring, writer: new RingWriter(ring) };
}

test("samples go round the ring's end and the writer's count goes on", () => {
  const { ring, writer } = made();
  for (let i = 0; i < 10; i++) writer.accept(audioMessage({ firstFrame: i * 240, signal }));
  assert.equal(ring.ints[INT.WRITE], 2400);
  assert.equal(ring.floats[FLOAT.WRITTEN], 2400);
  for (let frame = 2400 - 1024; frame < 2400; frame++) {
    assert.equal(ring.data[2 * (frame & ring.mask)], signal(frame));
    assert.equal(ring.data[2 * (frame & ring.mask) + 1], -signal(frame));
  }
});

test("a stream that goes on where it was is no cut; a gap, a flag and an epoch are", () => {
  const { ring, writer } = made();
  const accept = (/** @type {object} */ options) => {
    writer.accept(audioMessage({ firstFrame: 0, signal, ...options }));
    return [ring.ints[INT.CUTS], ring.ints[INT.EPOCHS], ring.floats[FLOAT.CUT_INDEX], ring.floats[FLOAT.CUT_FRAME]];
  };
  assert.deepEqual(accept({ firstFrame: 9600 }), [1, 1, 0, 9600]);
  assert.deepEqual(accept({ firstFrame: 9840 }), [1, 1, 0, 9600]);
  assert.deepEqual(accept({ firstFrame: 12000 }), [2, 1, 480, 12000]);
  assert.deepEqual(accept({ firstFrame: 12240, flags: 1 }), [3, 1, 720, 12240]);
  assert.deepEqual(accept({ firstFrame: 0, epoch: 2 }), [4, 2, 960, 0]);
});

test("a message that is not ours changes nothing", () => {
  const { ring, writer } = made();
  const message = audioMessage({ firstFrame: 0, signal });
  message.setUint8(2, 5);
  assert.throws(() => writer.accept(message), /5 channels; allowed: 1 or 2/);
  assert.deepEqual([ring.ints[INT.WRITE], ring.ints[INT.CUTS]], [0, 0]);
});

test("refuses memory that is no power of two of frames", () => {
  assert.throws(() => new Ring(new ArrayBuffer(10000)), /a ring of .* frames; allowed: a power of two/);
});
