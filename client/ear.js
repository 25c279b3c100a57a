// @ts-check
/** Listening as the page wants it: begun by a click, kept over changes of device and rate, ended. */
import { Listening } from "./listening.js";

/** @typedef {import("./types.js").ToLine} ToLine */

const REBUILD_PAUSE_MS = 10000;

export class Ear {
  /**
   * @param {object} options
   * @param {SharedArrayBuffer | null} options.memory of the shared ring
   * @param {import("./options.js").ConnectOptions} options.wanted
   * @param {import("./peering.js").Peering} options.peering where the browser's own player is, if that one plays
   * @param {(message: ToLine, transfer?: Transferable[]) => void} options.post to the Worker
   * @param {() => void} options.tell whether the browser lets us be heard may have changed
   */
  constructor({ memory, wanted, peering, post, tell }) {
    this.#memory = memory;
    this.#wanted = wanted;
    this.#peering = peering;
    this.#post = post;
    this.#tell = tell;
    this.#safety = peering.safety = wanted.safety ?? 0.25;
  }

  #memory;
  #wanted;
  #peering;
  #post;
  #tell;
  #safety;
  /** @type {Listening | null} */
  #listening = null;
  #rebuiltMs = Number.NEGATIVE_INFINITY;

  /** Whether sound comes out. */
  get audible() {
    return (this.#listening?.audible ?? false) && !this.#peering.blocked;
  }

  /** Whether the ring is shared with the worklet. */
  get shared() {
    return this.#memory !== null;
  }

  /** @returns {AudioWorkletNode | null} */
  get node() {
    return this.#listening?.node ?? null;
  }

  get outputMs() {
    return this.#listening?.outputMs ?? 0;
  }

  get safety() {
    return this.#safety;
  }

  set safety(safety) {
    if (!(safety >= 0 && safety <= 1)) throw new RangeError(`safety is ${safety}; allowed: 0 (fast) to 1 (safe)`);
    this.#safety = this.#peering.safety = safety;
    if (this.#listening) this.#listening.safety = safety;
  }

  /**
   * Begin, or go on after the browser stopped us.
   * @param {number} streamRateHz
   * @returns {Promise<boolean>} whether sound comes out
   */
  async begin(streamRateHz) {
    if (!this.#listening) await this.#build(streamRateHz);
    return this.resume();
  }

  /** @param {number} streamRateHz */
  async #build(streamRateHz) {
    const { contextRateHz, latencyHint = 0 } = this.#wanted;
    const common = { memory: this.#memory, safety: this.#safety, contextRateHz, latencyHint };
    const listening = new Listening({ ...common, streamRateHz });
    this.#listening = listening;
    listening.context.onstatechange = () => this.#tell();
    const port = await listening.open();
    this.#post({ kind: "listen", port, outputMs: listening.outputMs }, [port]);
  }

  /** @returns {Promise<boolean>} whether sound comes out */
  async resume() {
    const listening = this.#listening;
    if (!listening) return false;
    void this.#peering.resume(); // done only when its sound comes
    await listening.resume();
    this.#post({ kind: "output", outputMs: listening.outputMs });
    this.#tell();
    return this.audible;
  }

  /**
   * Make a new context where the old one is of no use: the device takes no more sound, or the stream's rate is another.
   * @param {number} streamRateHz
   */
  async rebuild(streamRateHz) {
    const old = this.#listening;
    const otherRate = old?.streamRateHz !== streamRateHz;
    const soon = performance.now() - this.#rebuiltMs < REBUILD_PAUSE_MS;
    if (!old || (!old.audible && !otherRate) || soon) return;
    this.#rebuiltMs = performance.now();
    await old.close();
    await this.#build(streamRateHz);
    await this.resume();
  }

  /** The stream has this rate now. @param {number} streamRateHz */
  async meetRate(streamRateHz) {
    if (this.#listening && this.#listening.streamRateHz !== streamRateHz) await this.rebuild(streamRateHz);
  }

  /**
   * Copy what the worklet gives to the device.
   * @param {number} seconds
   * @param {number} fromFrame of the session; 0 for now
   */
  async capture(seconds, fromFrame) {
    if (!this.#listening) throw new Error("nothing is listened to: call session.listen() first");
    return this.#listening.capture(seconds, fromFrame);
  }

  async end() {
    const listening = this.#listening;
    this.#listening = null;
    await listening?.close();
  }
}
