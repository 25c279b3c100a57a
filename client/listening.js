// @ts-check
/** The page's half of listening: the AudioContext, the worklet in it, and what the worklet copies for us. */
import { Ring } from "./ring.js";

/** @typedef {import("./types.js").Captured} Captured */
/** @typedef {import("./types.js").ToWorklet} ToWorklet */

const WORKLET = new URL("./worklet.js", import.meta.url);
const SETTLE_MS = 500; // a context that may run does so within that

export class Listening {
  /**
   * @param {object} options
   * @param {SharedArrayBuffer | null} options.memory
   * @param {number} options.streamRateHz
   * @param {number} options.safety 0 fast to 1 safe
   * @param {number | undefined} options.contextRateHz rate to ask for; undefined: the device's own
   * @param {AudioContextLatencyCategory | number} options.latencyHint
   */
  constructor({ memory, streamRateHz, safety, contextRateHz, latencyHint }) {
    this.#memory = memory;
    this.streamRateHz = streamRateHz;
    this.#safety = safety;
    // iOS: a ringer switched to silent must not silence a performance
    const { audioSession } = /** @type {any} */ (navigator);
    if (audioSession) audioSession.type = "playback";
    const rate = contextRateHz ? { sampleRate: contextRateHz } : {};
    this.context = new AudioContext({ latencyHint, ...rate });
  }

  #memory;
  #safety;
  /** @type {AudioWorkletNode | null} */
  #node = null;
  /** @type {Map<number, (captured: Captured) => void>} */
  #captures = new Map();
  #captureId = 0;

  /**
   * Load the worklet and give it its channel to the Worker.
   * @returns {Promise<MessagePort>} the Worker's end
   * @throws {Error} where the browser has no AudioWorklet
   */
  async open() {
    if (!this.context.audioWorklet) {
      throw new Error("this browser plays only pages that came over https or from localhost");
    }
    await this.context.audioWorklet.addModule(WORKLET);
    const node = new AudioWorkletNode(this.context, "telharmonic-player", {
      numberOfInputs: 0,
      numberOfOutputs: 1,
      outputChannelCount: [2],
      processorOptions: { memory: this.#memory, streamRateHz: this.streamRateHz, safety: this.#safety },
    });
    node.port.onmessage = (event) => this.#captured(event.data);
    node.onprocessorerror = () => console.error("telharmonic: the player in the audio thread failed");
    node.connect(this.context.destination);
    this.#node = node;
    const { port1, port2 } = new MessageChannel();
    this.#post({ kind: "line", port: port1 }, [port1]);
    return port2;
  }

  /**
   * Let the context run. Without a click that may take for ever, so this does not wait for it.
   * @returns {Promise<boolean>} whether it runs
   */
  async resume() {
    this.context.resume().catch(() => {});
    if (!this.audible) {
      await new Promise((resolve) => {
        this.context.addEventListener("statechange", resolve, { once: true });
        setTimeout(resolve, SETTLE_MS);
      });
    }
    return this.audible;
  }

  /** Where the sound comes out of the worklet; null before `open`. */
  get node() {
    return this.#node;
  }

  /** Whether sound comes out. */
  get audible() {
    return this.context.state === "running";
  }

  /** @param {ToWorklet} message @param {Transferable[]} [transfer] */
  #post(message, transfer = []) {
    this.#node?.port.postMessage(message, transfer);
  }

  /** @param {number} safety */
  set safety(safety) {
    this.#safety = safety;
    this.#post({ kind: "safety", safety });
  }

  /** What the browser says its way from the worklet to the loudspeaker takes, ms. */
  get outputMs() {
    return ((this.context.baseLatency || 0) + (this.context.outputLatency || 0)) * 1000;
  }

  /**
   * Copy what the worklet plays.
   * @param {number} seconds
   * @param {number} fromFrame of the session; 0 for now
   * @returns {Promise<Captured>}
   */
  capture(seconds, fromFrame) {
    const frames = Math.round(seconds * this.context.sampleRate);
    const [left, right] = [new Float32Array(frames), new Float32Array(frames)];
    const id = this.#captureId++;
    return new Promise((resolve) => {
      this.#captures.set(id, resolve);
      this.#post({ kind: "capture", id, left, right, fromFrame }, [left.buffer, right.buffer]);
    });
  }

  /** @param {Captured} captured */
  #captured(captured) {
    this.#captures.get(captured.id)?.(captured);
    this.#captures.delete(captured.id);
  }

  async close() {
    this.#node?.disconnect();
    this.#node = null;
    if (this.context.state !== "closed") await this.context.close();
  }
}

/**
 * The ring of a page.
 * @param {boolean} wanted false: not shared, even where it could be
 * @returns {{memory: SharedArrayBuffer | null, ring: Ring}} memory: what Worker and worklet share, if the browser
 *   allows it; else `ring` only keeps the player's fields as the worklet reports them
 */
export function makeRing(wanted) {
  const shared = wanted && globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === "function";
  if (!shared) return { memory: null, ring: new Ring(Ring.allocate(false, 1024)) };
  const memory = /** @type {SharedArrayBuffer} */ (Ring.allocate(true));
  return { memory, ring: new Ring(memory) };
}
