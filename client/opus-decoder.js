// @ts-check
/** Opus to samples by whichever decoder there is, in order, with what was lost filled in between. */
import { Concealer } from "./concealment.js";
import { absentOf, packetFrames } from "./opus-packet.js";

const LONGEST_CONCEALED = 5760; // 120 ms; a longer gap is left open, and the player fades over it

/** @typedef {{frame: number, frames: number, asked: boolean}} Due asked: the decoder owes it */

export class OpusDecoder {
  /**
   * @param {object} of
   * @param {import("./types.js").OpusCodec} of.codec this decoder's alone
   * @param {boolean} of.conceals whether it goes on by itself over a loss; else that is done by repetition
   * @param {(frame: number, samples: Float32Array) => void} of.give interleaved stereo; not kept
   */
  constructor({ codec, conceals, give }) {
    this.#codec = codec;
    this.#conceals = conceals;
    this.#give = give;
    codec.give = (samples) => this.#decoded(samples);
  }

  #codec;
  #conceals;
  #give;
  #concealer = new Concealer();
  /** @type {Due[]} what the decoder owes, and the losses that it does not conceal */
  #due = [];
  #missing = new Uint8Array(0); // a packet that was not sent, as long as the latest one
  #missingFrames = 0;

  /** packets that the decoder refused */
  refused = 0;
  /** frames that were filled in */
  concealed = 0;

  /** @param {import("./packet-order.js").Packet} packet */
  decode({ frame, frames, data }) {
    this.#missing = absentOf(data);
    this.#missingFrames = packetFrames(this.#missing);
    this.#ask(frame, frames, data);
  }

  /**
   * @param {number} frame
   * @param {number} frames
   */
  lose(frame, frames) {
    if (frames > LONGEST_CONCEALED) return;
    this.concealed += frames;
    const each = this.#missingFrames;
    if (this.#conceals && each > 0 && frames % each === 0) {
      for (let at = frame; at < frame + frames; at += each) this.#ask(at, each, this.#missing);
    } else {
      this.#due.push({ frame, frames, asked: false });
      this.#repeat();
    }
  }

  close() {
    this.#due.length = 0;
    this.#codec.give = () => {};
    this.#codec.close();
  }

  /** @param {number} frame @param {number} frames @param {Uint8Array} data */
  #ask(frame, frames, data) {
    this.#due.push({ frame, frames, asked: true });
    this.#codec.decode(data);
  }

  /** @param {import("./types.js").OpusSound} samples the answer to the oldest packet that is owed */
  #decoded(samples) {
    this.#repeat();
    const due = this.#due.shift();
    if (!due) return;
    if (samples) {
      this.#concealer.good(samples);
      this.#give(due.frame, samples);
    } else {
      this.refused += 1;
      this.#fill(due);
    }
    this.#repeat();
  }

  /** Fill what the decoder does not. */
  #repeat() {
    while (this.#due[0]?.asked === false) this.#fill(/** @type {Due} */ (this.#due.shift()));
  }

  /** @param {Due} due */
  #fill({ frame, frames }) {
    const samples = new Float32Array(frames * 2);
    this.#concealer.conceal(samples);
    this.#give(frame, samples);
  }
}
