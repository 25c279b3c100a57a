// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { chooseCodec } from "../opus-choice.js";
import { openWasm, openWebCodecs } from "../opus-codec.js";
import { OpusDecoder } from "../opus-decoder.js";

/** @typedef {import("../types.js").OpusCodec} OpusCodec */

const FRAMES = 240;
const file = new URL("../../tests/references/opus_loss.json", import.meta.url);
/** @type {{packets: string[], lost: number[], from_packet: number, left: number[]}} */
const reference = JSON.parse(readFileSync(file, "utf8"));
const packets = reference.packets.map((text) => Uint8Array.from(Buffer.from(text, "base64")));

before(() => {
  /** @type {any} */ (globalThis).Worker ??= class {}; // the library names it, for its own Workers
  /** @type {any} */ (globalThis).EncodedAudioChunk ??= class {
    constructor(/** @type {object} */ init) {
      Object.assign(this, init);
    }
  };
});

/** What is heard of the reference's packets. @param {OpusCodec} codec @param {boolean} conceals */
function hear(codec, conceals) {
  const left = new Float32Array(packets.length * FRAMES);
  const give = (/** @type {number} */ frame, /** @type {Float32Array} */ samples) => {
    for (let i = 0; i < samples.length / 2; i++) left[frame + i] = samples[2 * i];
  };
  const decoder = new OpusDecoder({ codec, conceals, give });
  let lostFrom = -1;
  packets.forEach((data, n) => {
    if (reference.lost.includes(n)) return void (lostFrom = lostFrom < 0 ? n : lostFrom);
    if (lostFrom >= 0) decoder.lose(lostFrom * FRAMES, (n - lostFrom) * FRAMES);
    lostFrom = -1;
    decoder.decode({ frame: n * FRAMES, frames: FRAMES, data });
  });
  return { left: left.subarray(reference.from_packet * FRAMES), decoder };
}

/** @param {ArrayLike<number>} left */
const largestError = (left) =>
  reference.left.reduce((worst, value, i) => Math.max(worst, Math.abs(value - left[i])), 0);

test("the WebAssembly decoder hides losses as libopus itself does, without a Worker's help", async () => {
  const { left, decoder } = hear(await openWasm(), true);
  // two releases of libopus differ by some 1e-4; a lost frame that were silence would by 0.3
  assert.ok(largestError(left) < 2e-3, String(largestError(left)));
  assert.deepEqual([decoder.concealed, decoder.refused], [3 * FRAMES, 0]);
  decoder.close();
});

test("where a decoder does not conceal, the last period goes on instead, about as loud", async () => {
  const { left, decoder } = hear(await openWasm(), false);
  assert.equal(decoder.concealed, 3 * FRAMES);
  const power = (/** @type {Float32Array} */ part) => part.reduce((sum, value) => sum + value ** 2, 0) / part.length;
  const first = reference.lost[0] - reference.from_packet;
  const ratio = power(left.subarray(first * FRAMES, (first + 2) * FRAMES)) / power(left.subarray(0, first * FRAMES));
  assert.ok(ratio > 0.5 && ratio < 1.5, String(ratio));
});

test("a packet that the decoder refuses is filled in and counted, and it goes on", async () => {
  const { error } = console;
  console.error = () => {}; // the library's own word about it
  const left = new Float32Array(2 * FRAMES);
  const codec = await openWasm();
  const decoder = new OpusDecoder({ codec, conceals: true, give: (frame, samples) => left.set(samples.filter((_, i) => i % 2 === 0), frame) });
  decoder.decode({ frame: 0, frames: FRAMES, data: Uint8Array.of(0xef, 0) }); // code 3, and no frame in it
  decoder.decode({ frame: FRAMES, frames: FRAMES, data: packets[4] });
  console.error = error;
  assert.equal(decoder.refused, 1);
  assert.ok(left.subarray(FRAMES).some((value) => Math.abs(value) > 0.05));
});

/** A browser's decoder that answers late, and breaks at the packet 255. */
class Late {
  static isConfigSupported = async () => ({ supported: true });
  state = "unconfigured";
  /** @type {number[]} */
  waiting = [];
  /** @param {{output: (sound: object) => void, error: (error: Error) => void}} to */
  constructor(to) {
    this.to = to;
    Late.latest = this;
  }
  /** @type {Late | null} */
  static latest = null;
  configure() {
    this.state = "configured";
  }
  decode(/** @type {{data: Uint8Array}} */ { data }) {
    this.waiting.push(data[1]);
  }
  answer() {
    for (const level of this.waiting.splice(0)) {
      if (level === 255) return this.to.error(new Error("no packet"));
      const copyTo = (/** @type {Float32Array} */ into, /** @type {{planeIndex: number}} */ { planeIndex }) => into.fill(level + planeIndex);
      this.to.output({ numberOfFrames: FRAMES, numberOfChannels: 2, close: () => {}, copyTo });
    }
  }
  close() {
    this.state = "closed";
  }
}

test("WebCodecs answers later, in order; after an error it is opened anew and what it owed is null", async () => {
  const codec = await openWebCodecs(/** @type {any} */ (Late));
  /** @type {(number[] | null)[]} */
  const given = [];
  codec.give = (samples) => given.push(samples && [samples[0], samples[1]]);
  for (const level of [1, 2, 255, 4]) codec.decode(Uint8Array.of(0xec, level));
  Late.latest?.answer();
  codec.decode(Uint8Array.of(0xec, 5));
  Late.latest?.answer();
  assert.deepEqual(given, [[1, 2], [2, 3], null, null, [5, 6]]);
});

/**
 * A decoder that takes its time.
 * @param {number} ms
 * @param {number} [unsentFrames] what it makes of a packet that was not sent
 * @param {number} [stallMs] by which its tenth answer is later still
 */
function slow(ms, unsentFrames = FRAMES, stallMs = 0) {
  let answers = 0;
  /** @type {OpusCodec} */
  const codec = {
    give: () => {},
    decode: (packet) => {
      clockMs += ms + (++answers === 10 ? stallMs : 0);
      codec.give(new Float32Array(2 * (packet.length > 1 ? FRAMES : unsentFrames)));
    },
    close: () => {},
  };
  return async () => codec;
}
let clockMs = 0;
const choose = (/** @type {[string, () => Promise<OpusCodec>][]} */ ...known) => chooseCodec({ known, nowMs: () => clockMs });
const broken = async () => {
  throw new Error("its policy forbids it");
};

test("of two decoders the faster one is taken, and what was measured is told", async () => {
  const { name, conceals, why } = await choose(["wasm", slow(0.5)], ["webcodecs", slow(0.25, 0)]);
  assert.deepEqual([name, conceals], ["webcodecs", false]);
  assert.equal(why, "webcodecs 0.25 ms a packet; wasm 0.50 ms a packet");
});

test("a stall of the machine during the trial does not decide", async () => {
  const { name, why } = await choose(["wasm", slow(0.125, FRAMES, 20)], ["webcodecs", slow(0.25)]);
  assert.deepEqual([name, why], ["wasm", "wasm 0.13 ms a packet; webcodecs 0.25 ms a packet"]);
});

test("where one is missing it is the other; where both are, everybody's reason is told", async () => {
  const { name, why } = await choose(["wasm", broken], ["webcodecs", slow(1)]);
  assert.deepEqual([name, why], ["webcodecs", "webcodecs 1.00 ms a packet; wasm: its policy forbids it"]);
  await assert.rejects(choose(["wasm", broken], ["webcodecs", broken]), /works here \(wasm: its policy .*; webcodecs: its policy/);
});

test("the WebAssembly decoder passes the trial, and conceals", async () => {
  const { name, conceals } = await chooseCodec({ known: [["wasm", () => openWasm()]] });
  assert.deepEqual([name, conceals], ["wasm", true]);
});
