// @ts-check
/**
 * This device's microphone or line, played into a live strip of the session, over the session's WebRTC line.
 *
 * Whatever the browser would do to a voice (echo cancellation, noise suppression, gain control) is switched off unless
 * it is asked for; `processed` says what it does all the same, `missing` what it does not do.
 */
import { Emitter } from "./emitter.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./protocol.js").UpstreamState} UpstreamState */
/** @typedef {import("./protocol.js").TakeState} TakeState */

const RAW = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const FORM = { channelCount: { ideal: 2 }, sampleRate: { ideal: 48000 } };
const CAPTURE_MS = 10; // where the browser does not say: a buffer of most systems
const SILENT_DB = -120;

/** @typedef {Partial<typeof RAW>} Processing what the browser is to do to the sound: nothing, unless it is named */

/**
 * Where a browser does not do to the sound what it was asked to do.
 * @param {MediaTrackSettings} settings
 * @param {Processing} [wanted]
 * @returns {{processed: string[], missing: string[]}} names of constraints: done and not wanted, wanted and not done
 */
export function differences(settings, wanted = {}) {
  const names = /** @type {(keyof typeof RAW)[]} */ (Object.keys(RAW));
  return {
    processed: names.filter((name) => settings[name] && !wanted[name]),
    missing: names.filter((name) => wanted[name] && !settings[name]),
  };
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
    session.on("take", (take) => this.#recorded(take));
    session.on("link", ({ state }) => state !== "open" && this.#lost());
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
  /** whether the session takes what we play; not while the line is away */
  heard = false;
  /** whether a take of it is being recorded */
  recording = false;
  /** why it ended by itself */
  reason = "";
  /** @type {string[]} what the browser does to the sound although it was asked not to */
  processed = [];
  /** @type {string[]} what it was asked to do to the sound, and does not do */
  missing = [];
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
   * @param {{strip: string, deviceId?: string, stream?: MediaStream} & Processing} wanted `stream` instead of a device
   * @throws {Error} in words for people
   */
  async start({ strip, deviceId = "", stream, ...wanted }) {
    await this.stop();
    this.#stream = stream ?? (await open(deviceId, wanted));
    const [track] = this.#stream.getAudioTracks();
    this.settings = track.getSettings();
    Object.assign(this, differences(this.settings, wanted));
    this.reason = "";
    track.addEventListener("ended", () => void this.stop("the microphone was taken away"));
    try {
      await this.#session.listen(); // the line that carries it is the one by which we hear
      await this.#session.play(track);
      await this.#session.sendCommand({ type: "upstream", strip });
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.strip = strip;
    this.heard = true;
    this.#watch();
    this.emit("state", this);
    await this.#listDevices(); // they have names once one is allowed
  }

  /** A take ends with it, and is told. @param {string} [reason] */
  async stop(reason = "") {
    if (!this.#stream) return;
    for (const track of this.#stream.getTracks()) track.stop();
    this.#meter?.node.disconnect();
    this.#stream = this.#meter = this.upstream = null;
    void this.#session.play(null);
    const { strip, heard } = this;
    this.strip = "";
    this.heard = this.recording = false;
    this.reason = reason;
    this.emit("state", this);
    if (!strip) return;
    const told = this.#session.sendCommand({ type: "upstream", strip: null }).catch(() => {}); // the line may be gone
    if (heard) await told;
  }

  /** The line broke; what was being recorded ends there. */
  #lost() {
    if (!this.heard) return;
    this.heard = this.recording = false;
    this.upstream = null;
    this.emit("state", this);
  }

  async #again() {
    const { strip } = this;
    if (!strip) return;
    try {
      await this.#session.sendCommand({ type: "upstream", strip });
      if (this.strip !== strip) return; // stopped meanwhile
      this.heard = true;
      this.emit("state", this);
    } catch (error) {
      await this.stop(`${/** @type {Error} */ (error).message}`);
    }
  }

  /** @param {TakeState} take */
  #recorded(take) {
    this.recording = take.recording;
    this.emit("take", take);
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

  /** Begin a take, or end it. @param {boolean} on @returns {Promise<TakeState>} @throws {Error} in words for people */
  async take(on) {
    if (!this.heard) throw new Error(this.active ? "the line is away, and nothing can be recorded" : "the microphone is off");
    const delays = on ? { capture_ms: this.captureMs, heard_ms: this.#session.stats().delayMs } : {};
    const take = /** @type {any} */ (await this.#session.sendCommand({ type: "take", on, ...delays }));
    this.recording = take.recording;
    return take;
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

/** @param {string} deviceId @param {Processing} wanted @returns {Promise<MediaStream>} */
async function open(deviceId, wanted) {
  if (!navigator.mediaDevices) {
    throw new Error("this browser gives its microphone only to pages that came over https or from localhost");
  }
  const device = deviceId ? { deviceId: { exact: deviceId } } : {};
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { ...RAW, ...wanted, ...FORM, ...device } });
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    if (name === "NotAllowedError") throw new Error("the browser was not allowed to use the microphone");
    if (name === "NotFoundError" || name === "OverconstrainedError") throw new Error("there is no such microphone");
    throw new Error(`the microphone cannot be used: ${message}`);
  }
}
