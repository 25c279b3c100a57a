// @ts-check
/** The Opus track of a WebRTC line in the Worker: its decoder, chosen once, and what it makes of each connection's frames. */
import { chooseCodec } from "./opus-choice.js";
import { OpusIntake } from "./opus-intake.js";

/** @typedef {import("./opus-intake.js").EncodedFrame} EncodedFrame */
/** @typedef {import("./opus-intake.js").Placement} Placement */

export class OpusTrack {
  /**
   * @param {object} options
   * @param {(message: DataView) => void} options.take
   * @param {() => number} options.nowMs
   * @param {(reason: string) => void} options.fail no decoder works here
   * @param {() => Promise<import("./opus-choice.js").OpusChoice>} [options.choose]
   */
  constructor({ take, nowMs, fail, choose = chooseCodec }) {
    this.#take = take;
    this.#nowMs = nowMs;
    this.#fail = fail;
    this.#choose = choose;
  }

  #take;
  #nowMs;
  #fail;
  #choose;
  /** @type {Promise<import("./opus-choice.js").OpusChoice> | null} */
  #choosing = null;
  #decoder = { decoder: "", decoderWhy: "" };
  /** @type {OpusIntake | null} */
  #intake = null;
  #connection = 0;

  /** Choose a decoder: once, and best while the connection is still being made. */
  prepare() {
    if (this.#choosing) return this.#choosing;
    this.#choosing = this.#choose();
    this.#choosing.catch(() => {}); // told when it is needed
    return this.#choosing;
  }

  /** A connection was answered. @param {Placement} placement */
  async begin(placement) {
    const connection = ++this.#connection;
    try {
      const { name, why, conceals, open } = await this.prepare();
      this.#decoder = { decoder: name, decoderWhy: why };
      const codec = await open();
      if (connection !== this.#connection) return codec.close();
      this.#intake = new OpusIntake({ placement, codec, conceals, take: this.#take, nowMs: this.#nowMs });
    } catch (error) {
      if (connection === this.#connection) this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** The connection is no more. */
  end() {
    this.#connection += 1;
    this.#intake?.close();
    this.#intake = null;
  }

  /** @param {EncodedFrame} frame */
  push(frame) {
    this.#intake?.push(frame);
  }

  /** When the latest packet came; -Infinity before the first. */
  get heardMs() {
    return this.#intake?.heardMs ?? Number.NEGATIVE_INFINITY;
  }

  /** @returns {import("./types.js").OpusFigures} */
  figures() {
    return { ...NONE, ...this.#intake?.figures(), ...this.#decoder };
  }
}

const NONE = { packets: 0, lostFrames: 0, concealedFrames: 0, recoveredPackets: 0, latePackets: 0 };
