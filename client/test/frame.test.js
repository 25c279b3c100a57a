// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameAssembler, HEADER_BYTES, checkMessage, decodeInto, parseHeader } from "../frame.js";
import { audioMessage } from "./simulated-line.js";

const ramp = (/** @type {number} */ frame) => (frame % 100) / 128;

/** @param {number} encoding @param {number[]} bytes of one stereo frame, left then right */
function oneFrame(encoding, bytes) {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + bytes.length));
  view.setUint8(0, 1);
  view.setUint8(1, encoding);
  view.setUint8(2, 2);
  view.setUint16(4, 1, true);
  view.setUint32(24, 48000, true);
  bytes.forEach((byte, i) => view.setUint8(HEADER_BYTES + i, byte));
  return view;
}

/** @param {DataView} view */
function decode(view) {
  const ring = new Float32Array(8);
  const header = parseHeader(view);
  checkMessage(view, header);
  decodeInto(view, header, ring, 3, 0);
  return [ring[0], ring[1]];
}

test("reads every field, also places in the stream beyond 2^32", () => {
  const firstFrame = 2 ** 40 + 12345;
  const message = audioMessage({ firstFrame, signal: ramp, epoch: 4e9, sequence: 3e9, flags: 1, rateHz: 96000 });
  assert.deepEqual(parseHeader(message), {
    encoding: 0, channels: 2, flags: 1, frames: 240, epoch: 4e9, sequence: 3e9, firstFrame, rateHz: 96000, ageUs: 0,
    bytes: HEADER_BYTES + 240 * 8,
  });
});

test("int16 and 24 bits decode to the same fractions of full scale", () => {
  assert.deepEqual(decode(oneFrame(1, [0x00, 0x40, 0x00, 0x80])), [0.5, -1]);
  assert.deepEqual(decode(oneFrame(2, [0x00, 0x00, 0x40, 0x00, 0x00, 0x80])), [0.5, -1]);
  assert.deepEqual(decode(oneFrame(2, [0xff, 0xff, 0xff, 0x01, 0x00, 0x00])), [-1 / 8388608, 1 / 8388608]);
});

test("refuses what is not ours, naming field and value", () => {
  const [version, encoding, short] = [oneFrame(0, Array(8).fill(0)), oneFrame(0, Array(8).fill(0)), oneFrame(1, [0, 0])];
  version.setUint8(0, 9);
  encoding.setUint8(1, 7);
  assert.throws(() => decode(version), /version 9; allowed: 1/);
  assert.throws(() => decode(encoding), /encoding 7; allowed/);
  assert.throws(() => decode(short), /of 34 bytes; its header says 36/);
});

test("a byte stream cut anywhere gives the same messages", () => {
  const whole = new Uint8Array(20 * (HEADER_BYTES + 240 * 8));
  for (let i = 0; i < 20; i++) {
    const message = audioMessage({ firstFrame: i * 240, signal: ramp, sequence: i });
    whole.set(new Uint8Array(message.buffer), i * message.byteLength);
  }
  for (const size of [1, 31, 1951, 1952, 5000, whole.length]) {
    const assembler = new FrameAssembler();
    /** @type {number[]} */
    const sequences = [];
    for (let at = 0; at < whole.length; at += size) {
      assembler.push(whole.subarray(at, at + size), (view) => {
        const header = parseHeader(view);
        checkMessage(view, header);
        sequences.push(header.sequence);
        assert.equal(view.getFloat32(HEADER_BYTES + 8, true), Math.fround(ramp(header.firstFrame + 1)));
      });
    }
    assert.deepEqual(sequences, [...Array(20).keys()], `cut every ${size} bytes`);
  }
});

test("a byte stream of something else is refused at once", () => {
  const html = new TextEncoder().encode("<!doctype html><title>A proxy's page, not sound</title>");
  assert.throws(() => new FrameAssembler().push(html, () => {}), /version 60; allowed: 1/);
});
