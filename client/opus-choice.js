// @ts-check
/** Which Opus decoder a page takes: whichever is there, and of two the one that answers sooner, by a trial of both. */
import { openWasm, openWebCodecs } from "./opus-codec.js";
import { absentOf } from "./opus-packet.js";

/** @typedef {import("./types.js").OpusCodec} OpusCodec */
/** @typedef {() => Promise<OpusCodec>} Open */
/** @typedef {{name: string, open: Open, conceals: boolean, ms: number}} Tried */
/** @typedef {{name: string, open: Open, conceals: boolean, why: string}} OpusChoice */

const PACKETS = 16; // one after the other, as they come over a line
const PATIENCE_MS = 1000;
const CELT_5_MS_STEREO = 0xec; // configuration 29 (RFC 6716, table 2)
const FRAMES = 240;
// Any bytes are a CELT frame; these cost what those of 96 kbit/s cost
const TRIAL = Uint8Array.from({ length: 60 }, (_, n) => (n === 0 ? CELT_5_MS_STEREO : (n * 89) & 0xff));

/** @type {[string, Open][]} */
const KNOWN = [["wasm", () => openWasm()], ["webcodecs", () => openWebCodecs()]];

/**
 * Try what there is. It takes some tens of ms, once a page.
 * @param {object} [of]
 * @param {[string, Open][]} [of.known]
 * @param {() => number} [of.nowMs]
 * @returns {Promise<OpusChoice>}
 * @throws {Error} with everybody's reason, if none works
 */
export async function chooseCodec({ known = KNOWN, nowMs = () => performance.now() } = {}) {
  /** @type {Tried[]} */
  const tried = [];
  const reasons = [];
  for (const [name, open] of known) {
    try {
      tried.push({ name, open, ...(await patiently(attempt(open, nowMs))) });
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  if (!tried.length) throw new Error(`no Opus decoder works here (${reasons.join("; ")})`);
  tried.sort((a, b) => a.ms - b.ms);
  const { name, open, conceals } = tried[0];
  const figures = tried.map((one) => `${one.name} ${one.ms.toFixed(2)} ms a packet`);
  return { name, open, conceals, why: [...figures, ...reasons].join("; ") };
}

/** @param {Open} open @param {() => number} nowMs @returns {Promise<{conceals: boolean, ms: number}>} */
async function attempt(open, nowMs) {
  const codec = await open();
  try {
    for (let n = 0; n < PACKETS / 4; n++) await answer(codec, TRIAL); // its code is compiled meanwhile
    const took = new Float64Array(PACKETS);
    for (let n = 0; n < PACKETS; n++) {
      const beganMs = nowMs();
      if (await answer(codec, TRIAL) !== FRAMES) throw new Error("it did not decode");
      took[n] = nowMs() - beganMs;
    }
    const ms = took.sort()[PACKETS / 2]; // a median: the page is loading, and a stall of it says nothing of the decoder
    return { ms, conceals: (await answer(codec, absentOf(TRIAL))) === FRAMES };
  } finally {
    codec.close();
  }
}

/** @param {OpusCodec} codec @param {Uint8Array} packet @returns {Promise<number>} frames that came of it */
function answer(codec, packet) {
  return new Promise((resolve) => {
    codec.give = (samples) => resolve(samples ? samples.length / 2 : 0);
    codec.decode(packet);
  });
}

/** @template T @param {Promise<T>} work @returns {Promise<T>} */
function patiently(work) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it did not answer")), PATIENCE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
