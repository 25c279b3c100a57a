// @ts-check
/** Opus to samples by WebCodecs, in order, with what was lost filled in between. */
import { Concealer } from "./concealment.js";

const RATE_HZ = 48000; // Opus's own clock (RFC 7587)
const LONGEST_CONCEALED = 5760; // 120 ms; a longer gap is left open, and the player fades over it

/** @typedef {{frame: number, frames: number, lost: boolean}} Due */

export class OpusDecoder {
  /**
   * @param {object} to
   * @param {(frame: number, samples: Float32Array) => void} to.give interleaved stereo; not kept
   * @param {typeof AudioDecoder} [to.Decoder]
   */
  constructor({ give, Decoder = AudioDecoder }) {
    this.#give = give;
    this.#Decoder = Decoder;
    this.#open();
  }

  #give;
  #Decoder;
  /** @type {AudioDecoder} */
  #decoder = /** @type {any} */ (null);
  #concealer = new Concealer();
  /** @type {Due[]} what the decoder owes, and the losses between */
  #due = [];
  #plane = new Float32Array(0);

  /** packets that the decoder refused */
  refused = 0;
  /** frames that were filled in */
  concealed = 0;

  /** @param {import("./packet-order.js").Packet} packet */
  decode({ frame, frames, data }) {
    this.#due.push({ frame, frames, lost: false });
    const timestamp = Math.round((frame / RATE_HZ) * 1e6);
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, data }));
  }

  /**
   * @param {number} frame
   * @param {number} frames
   */
  lose(frame, frames) {
    if (frames > LONGEST_CONCEALED) return;
    this.#due.push({ frame, frames, lost: true });
    if (this.#due.length === 1) this.#concealDue();
  }

  close() {
    this.#due.length = 0;
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }

  #open() {
    this.#due.length = 0;
    const decoder = new this.#Decoder({
      output: (sound) => this.#decoded(sound),
      error: () => {
        this.refused += 1;
        if (decoder === this.#decoder) this.#open();
      },
    });
    decoder.configure({ codec: "opus", sampleRate: RATE_HZ, numberOfChannels: 2 });
    this.#decoder = decoder;
  }

  /** @param {AudioData} sound the decoder's answer to the oldest packet it owes */
  #decoded(sound) {
    this.#concealDue();
    const due = this.#due.shift();
    if (due) {
      const samples = this.#interleaved(sound);
      this.#concealer.good(samples);
      this.#give(due.frame, samples);
    }
    sound.close();
    this.#concealDue();
  }

  #concealDue() {
    while (this.#due[0]?.lost) {
      const { frame, frames } = /** @type {Due} */ (this.#due.shift());
      const samples = new Float32Array(frames * 2);
      this.#concealer.conceal(samples);
      this.concealed += frames;
      this.#give(frame, samples);
    }
  }

  /** @param {AudioData} sound */
  #interleaved(sound) {
    const frames = sound.numberOfFrames;
    if (this.#plane.length !== frames) this.#plane = new Float32Array(frames);
    const samples = new Float32Array(frames * 2);
    for (let side = 0; side < 2; side++) {
      const planeIndex = Math.min(side, sound.numberOfChannels - 1);
      sound.copyTo(this.#plane, { planeIndex, format: "f32-planar" });
      for (let i = 0; i < frames; i++) samples[2 * i + side] = this.#plane[i];
    }
    return samples;
  }
}
