// @ts-check
/**
 * This device's microphone or line, played into a live strip of the session: raw, over the session's WebRTC line.
 *
 * Whatever the browser would do to a voice (echo cancellation, noise suppression, gain control) is switched off, and
 * `processed` says what it does all the same.
 */
import { Emitter } from "./emitter.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./protocol.js").UpstreamState} UpstreamState */
/** @typedef {import("./protocol.js").TakeState} TakeState */

const RAW = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const WANTED = { ...RAW, channelCount: { ideal: 2 }, sampleRate: { ideal: 48000 } };
const CAPTURE_MS = 10; // where the browser does not say: a buffer of most systems
const SILENT_DB = -120;

/**
 * What of the raw sound the browser has not left alone.
 * @param {MediaTrackSettings} settings
 * @returns {string[]} names of constraints
 */
export function processing(settings) {
  return Object.keys(RAW).filter((name) => /** @type {any} */ (settings)[name]);
}

/**
 * From a sound at the microphone to the same sound at the ear, ms, as far as it is known.
 * @param {UpstreamState} upstream
 * @param {{captureMs: number, heardMs: number}} here what this device adds at both ends
 */
export function loopDelay(upstream, { captureMs, heardMs }) {
  const networkMs = (upstream.round_trip_ms ?? 0) / 2;
  const { packet_ms: packetMs = 0, decoder_ms: decoderMs = 0, in_hand_ms: heldMs = 0, mixer_ms: mixerMs = 0 } = upstream;
  const split = { captureMs, packetMs, decoderMs, networkMs, heldMs, mixerMs, heardMs };
  return { totalMs: Object.values(split).reduce((sum, ms) => sum + ms, 0), split };
}

/** @extends {Emitter<{state: Microphone, devices: MediaDeviceInfo[], upstream: UpstreamState, take: TakeState}>} */
export class Microphone extends Emitter {
  /** @param {Session} session */
  constructor(session) {
    super();
    this.#session = session;
    session.on("upstream", (state) => this.#told(state));
    session.on("take", (take) => this.emit("take", take));
    session.on("state", () => void this.#again()); // the line broke and is back: we are another member
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#listDevices());
  }

  #session;
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {{node: MediaStreamAudioSourceNode, analyser: AnalyserNode, samples: Float32Array<ArrayBuffer>} | null} */
  #meter = null;

  /** strip that we play into; empty: none */
  strip = "";
  /** why it ended by itself */
  reason = "";
  /** @type {string[]} what the browser does to the sound although it was asked not to */
  processed = [];
  /** @type {MediaTrackSettings} */
  settings = {};
  /** @type {UpstreamState | null} */
  upstream = null;

  /** Whether we play. */
  get active() {
    return this.#stream !== null;
  }

  /**
   * Begin. Call it in a click's handler: the browser asks for leave.
   * @param {{strip: string, deviceId?: string, stream?: MediaStream}} wanted `stream` instead of a device
   * @throws {Error} in words for people
   */
  async start({ strip, deviceId = "", stream }) {
    await this.stop();
    this.#stream = stream ?? (await open(deviceId));
    const [track] = this.#stream.getAudioTracks();
    this.settings = track.getSettings();
    this.processed = processing(this.settings);
    this.reason = "";
    track.addEventListener("ended", () => void this.stop("the microphone was taken away"));
    try {
      await this.#session.listen(); // the line that carries it is the one by which we hear
      this.#session.play(track);
      await this.#session.sendCommand({ type: "upstream", strip });
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.strip = strip;
    this.#watch();
    this.emit("state", this);
    await this.#listDevices(); // they have names once one is allowed
  }

  /** @param {string} [reason] */
  async stop(reason = "") {
    if (!this.#stream) return;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#meter?.node.disconnect();
    this.#stream = this.#meter = this.upstream = null;
    this.#session.play(null);
    const played = this.strip;
    this.strip = "";
    this.reason = reason;
    this.emit("state", this);
    if (played) await this.#session.sendCommand({ type: "upstream", strip: null }).catch(() => {}); // the line may be gone
  }

  async #again() {
    if (!this.strip) return;
    try {
      await this.#session.sendCommand({ type: "upstream", strip: this.strip });
    } catch (error) {
      await this.stop(`${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {UpstreamState} state */
  #told(state) {
    if (!this.active || state.strip !== this.strip) return;
    this.upstream = state;
    this.emit("upstream", state);
  }

  #watch() {
    const context = this.#session.outputNode?.context;
    if (!this.#stream || !(context instanceof AudioContext)) return;
    const node = context.createMediaStreamSource(this.#stream);
    const analyser = new AnalyserNode(context, { fftSize: 2048 });
    node.connect(analyser);
    this.#meter = { node, analyser, samples: new Float32Array(analyser.fftSize) };
  }

  /** Peak of the last 43 ms at the microphone, dB. */
  get levelDb() {
    if (!this.#meter) return SILENT_DB;
    const { analyser, samples } = this.#meter;
    analyser.getFloatTimeDomainData(samples);
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    return Math.max(SILENT_DB, 20 * Math.log10(peak));
  }

  /** What the device takes until the encoder has the sound, ms, as far as the browser says. */
  get captureMs() {
    const latencyS = /** @type {{latency?: number}} */ (this.settings).latency;
    return latencyS ? latencyS * 1000 : CAPTURE_MS;
  }

  /** From microphone to ear; null while nothing is known. */
  get delay() {
    const heardMs = this.#session.stats().delayMs;
    return this.upstream ? loopDelay(this.upstream, { captureMs: this.captureMs, heardMs }) : null;
  }

  /** Begin a take, or end it. @param {boolean} on @returns {Promise<TakeState>} */
  async take(on) {
    const delays = on ? { capture_ms: this.captureMs, heard_ms: this.#session.stats().delayMs } : {};
    return /** @type {any} */ (await this.#session.sendCommand({ type: "take", on, ...delays }));
  }

  async #listDevices() {
    this.emit("devices", await inputs());
  }
}

/** The inputs of this device; without names until one is allowed. @returns {Promise<MediaDeviceInfo[]>} */
export async function inputs() {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return all.filter(({ kind }) => kind === "audioinput");
}

/** @param {string} deviceId @returns {Promise<MediaStream>} */
async function open(deviceId) {
  if (!navigator.mediaDevices) {
    throw new Error("this browser gives its microphone only to pages that came over https or from localhost");
  }
  const device = deviceId ? { deviceId: { exact: deviceId } } : {};
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...WANTED, ...device } });
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    if (name === "NotAllowedError") throw new Error("the browser was not allowed to use the microphone");
    if (name === "NotFoundError" || name === "OverconstrainedError") throw new Error("there is no such microphone");
    throw new Error(`the microphone cannot be used: ${message}`);
  }
}
