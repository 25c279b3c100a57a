// @ts-check
/**
 * Two ways may bring the same sound; one of them is let through. A change from one to the other is a cross-fade over
 * the frames of one message, by their places in the stream, so that nothing is heard twice or left out.
 */
import { HEADER_BYTES, checkMessage, decodeInto, parseHeader, writeMessage } from "./frame.js";

const KEPT = 64; // messages of the way that is not let through: 0.3 s
const HELD_FRAMES = 8192; // a power of two above the longest message

/** @typedef {import("./frame.js").Header} Header */
/** @typedef {"pcm" | "opus"} Way */

export class Splice {
  /** @param {(message: DataView) => void} take */
  constructor(take) {
    this.#take = take;
  }

  #take;
  /** @type {Way | null} */
  #active = null;
  /** @type {Way | null} */
  #wanted = null;
  #dead = false; // the way that is heard is thought to bring nothing more
  #next = -1; // frame after the latest that was let through
  /** @type {DataView | null} the last message of the old way, to be faded out */
  #held = null;
  /** @type {DataView[]} the other way's latest */
  #kept = [];
  #header = parseHeader(new DataView(new ArrayBuffer(HEADER_BYTES)));

  /** The way that is heard; null before the first message. */
  get active() {
    return this.#active;
  }

  /** Whether a change is under way. */
  get changing() {
    return this.#wanted !== null && this.#wanted !== this.#active;
  }

  /**
   * Hear this way as soon as it has sound.
   * @param {Way} way
   * @param {{dead?: boolean}} [old] dead: the other way is thought to bring nothing more to fade out; if it does
   *   before this one has sound, it is faded out nevertheless
   */
  change(way, { dead = false } = {}) {
    this.#wanted = way;
    if (this.#held && (dead || this.#active === way)) {
      this.#through(this.#held);
      this.#held = null;
    }
    this.#dead = dead && this.#active !== way;
  }

  /** Nothing comes any more: begin anew with whatever comes first. */
  reset() {
    this.#active = this.#wanted = this.#held = null;
    this.#dead = false;
    this.#kept.length = 0;
    this.#next = -1;
  }

  /**
   * A message came.
   * @param {Way} way
   * @param {DataView} view
   * @throws {RangeError} if it is not one of ours
   */
  take(way, view) {
    checkMessage(view, parseHeader(view, this.#header));
    if (this.#active === null && (this.#wanted ?? way) === way) this.#active = this.#wanted = way;
    if (way === this.#active) return this.#old(view);
    this.#kept.push(copyOf(view));
    if (this.#kept.length > KEPT) this.#kept.shift();
    if (this.#dead) this.#goOver();
    else if (this.#held) this.#meet(this.#held);
  }

  /** Without a fade: nothing is there to be faded out. */
  #goOver() {
    this.#dead = false;
    this.#active = this.#wanted;
    for (const view of this.#kept.splice(0)) if (endOf(view) > this.#next) this.#through(view);
  }

  /** @param {DataView} view of the way that is heard */
  #old(view) {
    this.#dead = false;
    if (!this.changing) return this.#through(view);
    if (this.#held) return; // what is beyond it comes by the new way
    if (!this.#kept.length) return this.#through(view);
    this.#held = copyOf(view);
    this.#meet(this.#held);
  }

  /**
   * Go over to the new way, if it has brought what follows.
   * @param {DataView} held
   */
  #meet(held) {
    const { firstFrame, frames } = parseHeader(held);
    const end = firstFrame + frames;
    const last = this.#kept.at(-1);
    if (!last || endOf(last) < end) return;
    const mixed = floatsOf(held);
    const news = this.#kept.filter((view) => endOf(view) > firstFrame);
    if (parseHeader(news[0]).firstFrame > firstFrame) {
      this.#held = null; // the new way begins later: fade at the old one's next message
      return this.#through(held);
    }
    for (const view of news) fadeOver(mixed, firstFrame, floatsOf(view), parseHeader(view).firstFrame);
    const { epoch, sequence, rateHz } = parseHeader(held);
    this.#through(writeMessage({ firstFrame, samples: mixed, epoch, sequence, rateHz }));
    this.#active = this.#wanted;
    this.#held = null;
    this.#kept = [];
    for (const view of news) if (endOf(view) > end) this.#through(view);
  }

  /** @param {DataView} view */
  #through(view) {
    const header = parseHeader(view, this.#header);
    const { firstFrame, frames, epoch, sequence, rateHz } = header;
    const surplus = this.#next - firstFrame;
    this.#next = Math.max(firstFrame + frames, surplus < HELD_FRAMES ? this.#next : 0);
    if (surplus <= 0 || surplus >= HELD_FRAMES) return this.#take(view);
    if (surplus >= frames) return;
    const samples = floatsOf(view).slice(surplus * 2);
    this.#take(writeMessage({ firstFrame: firstFrame + surplus, samples, epoch, sequence, rateHz }));
  }
}

/** @param {DataView} view */
function copyOf(view) {
  const { buffer, byteOffset, byteLength } = view;
  return new DataView(/** @type {ArrayBuffer} */ (buffer).slice(byteOffset, byteOffset + byteLength));
}

/** @param {DataView} view */
function endOf(view) {
  const { firstFrame, frames } = parseHeader(view);
  return firstFrame + frames;
}

/** @param {DataView} view @returns {Float32Array} interleaved stereo */
function floatsOf(view) {
  const header = parseHeader(view);
  const samples = new Float32Array(HELD_FRAMES * 2);
  decodeInto(view, header, samples, HELD_FRAMES - 1, 0);
  return samples.subarray(0, header.frames * 2);
}

/**
 * Fade from what is there to what comes, linearly over the whole stretch.
 * @param {Float32Array} into interleaved stereo
 * @param {number} intoFrame place of its first frame
 * @param {Float32Array} from
 * @param {number} fromFrame
 */
function fadeOver(into, intoFrame, from, fromFrame) {
  const frames = into.length / 2;
  for (let i = Math.max(0, fromFrame - intoFrame); i < frames; i++) {
    const at = i + intoFrame - fromFrame;
    if (at >= from.length / 2) return;
    const gain = (i + 0.5) / frames;
    for (let side = 0; side < 2; side++) {
      into[2 * i + side] = (1 - gain) * into[2 * i + side] + gain * from[2 * at + side];
    }
  }
}
