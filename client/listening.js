// @ts-check
/** The page's half of listening: the AudioContext, the worklet in it, and what the worklet copies for us. */
import { INT, Ring } from "./ring.js";

/** @typedef {import("./types.js").Captured} Captured */
/** @typedef {import("./types.js").ToWorklet} ToWorklet */

const WORKLET = new URL("./worklet.js", import.meta.url);

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
   */
  async open() {
    await this.context.audioWorklet.addModule(WORKLET);
    const node = new AudioWorkletNode(this.context, "telharmonic-player", {
      numberOfInputs: 0,
      numberOfOutputs: 1,
      outputChannelCount: [2],
      processorOptions: { memory: this.#memory, streamRateHz: this.streamRateHz, safety: this.#safety },
    });
    node.port.onmessage = (event) => this.#captured(event.data);
    node.connect(this.context.destination);
    this.#node = node;
    const { port1, port2 } = new MessageChannel();
    this.#post({ kind: "line", port: port1 }, [port1]);
    return port2;
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
 * The ring of a page: shared with Worker and worklet if the browser allows it.
 * @returns {{memory: SharedArrayBuffer | null, ring: Ring}}
 */
export function makeRing() {
  const shared = globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === "function";
  if (!shared) return { memory: null, ring: new Ring(Ring.allocate(false, 1024)) };
  const memory = /** @type {SharedArrayBuffer} */ (Ring.allocate(true));
  const ring = new Ring(memory);
  ring.ints[INT.RATE] = 0;
  return { memory, ring };
}
