// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHeader } from "../frame.js";
import { OpusIntake } from "../opus-intake.js";

/** @typedef {import("../types.js").OpusCodec} OpusCodec */

const FRAMES = 240;
const LOOKAHEAD = 120;
const OPUS_5_MS = 29 << 3; // CELT, full band, one frame of 5 ms (RFC 6716, table 2)

/** Decodes a packet's second byte into a level, at once; what was not sent into the level 99. @implements {OpusCodec} */
class Codec {
  /** @type {OpusCodec["give"]} */
  give = () => {};
  decode(/** @type {Uint8Array} */ data) {
    this.give(new Float32Array(2 * FRAMES).fill((data[1] ?? 99) / 100));
  }
  close() {}
}

/** @param {object} [placement] */
function begin(placement) {
  /** @type {[number, number][]} place and level of each message */
  const taken = [];
  const intake = new OpusIntake({
    placement: { rtpOffset: 1000, frame: 48000, lookaheadFrames: LOOKAHEAD, epoch: 7, redType: 63, ...placement },
    take: (view) => taken.push([parseHeader(view).firstFrame, Math.round(view.getFloat32(32, true) * 100)]),
    nowMs: () => 0,
    codec: new Codec(),
    conceals: true,
  });
  /** @param {number} rtpTimestamp @param {number[]} bytes @param {number} [payloadType] */
  const push = (rtpTimestamp, bytes, payloadType = 96) =>
    intake.push({ data: Uint8Array.from(bytes).buffer, getMetadata: () => ({ rtpTimestamp: rtpTimestamp >>> 0, payloadType }) });
  return { intake, taken, push };
}

test("packets lie where their time stamps put them, less what the encoder delays", () => {
  const { taken, push } = begin();
  push(1000 + 48000, [OPUS_5_MS, 10]);
  push(1000 + 48240, [OPUS_5_MS, 20]);
  assert.deepEqual(taken, [[48000 - LOOKAHEAD, 10], [48240 - LOOKAHEAD, 20]]);
});

test("the RTP clock begins anew after a day, the stream goes on", () => {
  const day = 2 ** 32;
  const { taken, push } = begin({ rtpOffset: 0, frame: day - 240 });
  push(day - 240, [OPUS_5_MS, 1]);
  push(day, [OPUS_5_MS, 2]);
  push(day + 240, [OPUS_5_MS, 3]);
  assert.deepEqual(taken.map(([frame]) => frame + LOOKAHEAD), [day - 240, day, day + 240]);
});

test("a lost packet is taken from the copy in the next, or filled in and counted", () => {
  const { intake, taken, push } = begin();
  const red = (/** @type {number} */ copy, /** @type {number} */ level) => [
    0x80 | 96, 240 >> 6, (240 & 0x3f) << 2, 2, 96, OPUS_5_MS, copy, OPUS_5_MS, level,
  ];
  push(49000, [OPUS_5_MS, 10]);
  push(49480, red(20, 30), 63); // 49240 is lost, and here again
  push(49960, [OPUS_5_MS, 50]); // 49720 is lost for good
  assert.deepEqual(taken.map(([frame]) => frame), [0, 240, 480, 720, 960].map((frame) => 48000 - LOOKAHEAD + frame));
  assert.deepEqual(taken.map(([, level]) => level), [10, 20, 30, 99, 50]);
  const { packets, lostFrames, concealedFrames, recoveredPackets } = intake.figures();
  assert.deepEqual([packets, lostFrames, concealedFrames, recoveredPackets], [3, 240, 240, 1]);
});

test("a packet that is none of Opus's is refused, and the stream goes on", () => {
  const { taken, push } = begin();
  assert.throws(() => push(49000, [0x80, 1], 63), RangeError);
  push(49240, [OPUS_5_MS, 10]);
  assert.equal(taken.length, 1);
});
