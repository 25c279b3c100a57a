// @ts-check
/** What is heard now: the figures of the player, the position of the time line, the meters at their moment. */
import { FLOAT, INT } from "./ring.js";

/** @typedef {import("./types.js").Meters} Meters */

const LATEST_MS = 1000; // a meter that would be due later than this is shown now
const AT_ONCE_MS = 4; // as one that is due sooner than that
const SILENT_MS = 1000; // so long after the server was heard of last (or two of its meters), nothing is heard any more

/** Before the Worker has told any. @type {Extract<import("./types.js").FromLine, {kind: "figures"}>["figures"]} */
export const NO_FIGURES = {
  roundTripMs: 0, arrivalP95Ms: 0, droppedBlocks: 0, messages: 0, controlToSoundMs: 0, clockOffsetMs: Number.NaN,
  packets: 0, lostFrames: 0, concealedFrames: 0, recoveredPackets: 0, latePackets: 0, decoder: "", decoderWhy: "",
  path: "websocket", connecting: false, why: "", control: "websocket",
};

export class Heard {
  /** @param {import("./ring.js").Ring} ring */
  constructor(ring) {
    this.ring = ring;
  }

  rateHz = 48000;
  #metersFrame = 0;
  #metersAtMs = 0;
  #metersEveryMs = 0;

  /** Whether the player plays. */
  get playing() {
    return this.ring.ints[INT.PLAYING] === 1;
  }

  /** Frame of the session that is heard now; while nothing is listened to, the one that would be. It stands while the line is broken. */
  get frame() {
    const played = this.ring.floats[FLOAT.PLAYED_FRAME];
    if (this.#metersAtMs === 0) return this.playing ? played : 0;
    const silentMs = Math.max(SILENT_MS, 2 * this.#metersEveryMs);
    const at = (/** @type {number} */ ms) => this.#metersFrame + (ms / 1000) * this.rateHz;
    return this.playing ? Math.min(at(silentMs), played) : at(Math.min(performance.now() - this.#metersAtMs, silentMs));
  }

  /**
   * How long until what a message of meters describes is heard.
   * @param {Meters} meters
   * @param {boolean} audible
   * @returns {number} ms, 0 for now
   */
  metersDueMs(meters, audible) {
    const nowMs = performance.now();
    this.#metersEveryMs = this.#metersAtMs === 0 ? 0 : nowMs - this.#metersAtMs;
    this.#metersFrame = meters.frame;
    this.#metersAtMs = nowMs;
    const aheadMs = ((meters.frame - this.ring.floats[FLOAT.PLAYED_FRAME]) / this.rateHz) * 1000;
    return audible && this.playing && aheadMs >= AT_ONCE_MS && aheadMs <= LATEST_MS ? aheadMs : 0;
  }

  /** The player's own figures. */
  figures() {
    const { ints, floats } = this.ring;
    const perMs = this.rateHz / 1000;
    return {
      underruns: ints[INT.UNDERRUNS],
      trims: ints[INT.TRIMS],
      fillMs: ints[INT.FILL] / perMs,
      targetMs: ints[INT.TARGET] / perMs,
      spreadMs: floats[FLOAT.SPREAD_S] * 1000,
      speedPpm: this.playing ? (floats[FLOAT.RATIO] - 1) * 1e6 : 0,
      playedFrame: floats[FLOAT.PLAYED_FRAME],
      streamRateHz: this.rateHz,
    };
  }
}
