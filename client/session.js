// @ts-check
/**
 * A session on the server, in the page: what it is like, what is heard of it, and commands to it.
 *
 * ```js
 * const session = await connect({ url, token });
 * session.on("state", (state) => ...);
 * button.onclick = () => session.listen();
 * await session.sendCommand({ type: "set", address: "strip/1/fader", value: -6 });
 * ```
 */
import { Emitter } from "./emitter.js";
import { Listening, makeRing } from "./listening.js";
import { Mirror } from "./mirror.js";
import { FLOAT, INT } from "./ring.js";

/** @typedef {import("./types.js").Command} Command */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").FromLine} FromLine */
/** @typedef {import("./types.js").ToLine} ToLine */
/** @typedef {import("./types.js").PingResult} PingResult */

/**
 * @typedef {object} ConnectOptions
 * @property {string} url of the session's WebSocket: `links.ws`
 * @property {string} token
 * @property {string} [name] to be shown to the other members
 * @property {number} [metersHz] 0 to 30
 * @property {number} [safety] 0 fast to 1 safe
 * @property {"auto" | "websocket" | "fetch"} [transport] auto: fetch in Firefox
 * @property {"f32" | "s16" | "s24"} [encoding]
 * @property {number} [frames] of one audio message, 120 to 4096
 * @property {boolean} [shared] false: no SharedArrayBuffer, even where there could be one
 * @property {number} [contextRateHz] rate of the AudioContext; the device's own if absent
 * @property {AudioContextLatencyCategory | number} [latencyHint]
 */

const METERS_LATEST_MS = 1000; // a meter that would be due later than this is shown now
const REBUILD_PAUSE_MS = 10000;

/** Why a command was not done. */
export class CommandError extends Error {
  /** @param {import("./types.js").CommandErrorLike} told */
  constructor(told) {
    super(told.message);
    this.name = "CommandError";
    this.code = told.code;
    this.parameter = told.parameter;
    this.value = told.value;
    this.allowed = told.allowed;
  }
}

/**
 * Open a session; resolves when the server has told its state.
 * @param {ConnectOptions} options
 * @returns {Promise<Session>}
 * @throws {CommandError} if the server refuses (a wrong token, a session that is no longer there)
 */
export async function connect(options) {
  const session = new Session(options);
  await session.ready;
  return session;
}

/** @extends {Emitter<import("./types.js").SessionEvents>} */
export class Session extends Emitter {
  /** @param {ConnectOptions} options */
  constructor(options) {
    super();
    const { metersHz = 25, name = "", encoding = "f32", frames = 240, shared = true } = options;
    this.#options = options;
    this.#safety = options.safety ?? 0.25;
    this.transportName = chooseTransport(options.transport ?? "auto");
    const { memory, ring } = shared ? makeRing() : { memory: null, ring: makeRing().ring };
    this.#memory = memory;
    this.#ring = ring;
    this.#worker = new Worker(new URL("./line-worker.js", import.meta.url), { type: "module", name: "telharmonic" });
    this.#worker.onmessage = (event) => this.#heard(event.data);
    const audio = { encoding, frames, channels: 2 };
    const streamUrl = streamUrlOf(options.url, options.token, audio);
    const common = { url: options.url, token: options.token, name, metersHz, streamUrl };
    this.#post({ kind: "open", options: { ...common, transport: this.transportName, audio, memory } });
    /** @type {Promise<void>} */
    this.ready = new Promise((resolve, reject) => {
      this.#opened = { resolve, reject };
    });
    globalThis.addEventListener?.("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#seen);
  }

  #options;
  #safety;
  #memory;
  #ring;
  #worker;
  #mirror = new Mirror();
  /** @type {{resolve: () => void, reject: (error: Error) => void}} */
  #opened = { resolve: () => {}, reject: () => {} };
  /** @type {Map<number, {resolve: (message: Message) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  /** @type {Map<number, (result: any) => void>} */
  #measuring = new Map();
  #nextId = 1;
  /** @type {Listening | null} */
  #listening = null;
  #rebuiltMs = Number.NEGATIVE_INFINITY;
  /** @type {import("./types.js").LineFigures} */
  #figures = {
    roundTripMs: 0, arrivalP95Ms: 0, droppedBlocks: 0, messages: 0, controlToSoundMs: 0, clockOffsetMs: Number.NaN,
  };

  /** @type {import("./types.js").Link} */
  link = { state: "connecting", attempts: 0, reason: "" };
  /** performer, controller or listener */
  role = "";
  /** who we are among the members */
  member = "";
  sessionId = "";
  sessionName = "";
  sampleRateHz = 48000;
  latencyFrames = 0;

  /** What the session is like now. @returns {import("./types.js").SessionState} */
  get state() {
    if (!this.#mirror.state) throw new Error("the session has not told its state yet: await session.ready");
    return this.#mirror.state;
  }

  // -- commands ------------------------------------------------------------------------------------------

  /**
   * Send a command: a message of telharmonic.v1 without its id, or dspNode's payload. While the line is away it is
   * kept and sent after the reconnect.
   * @param {Command} command
   * @returns {Promise<Message>} the acknowledgement, with the frame at which it took effect
   * @throws {CommandError} with the server's reason; or `superseded`, `line-lost`, `closed`, `busy` of our own
   */
  sendCommand(command) {
    const id = this.#nextId++;
    const atMs = performance.timeOrigin + performance.now();
    this.#post({ kind: "command", id, message: /** @type {Message} */ (command), atMs });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /**
   * Turn one parameter. For faders in motion: not told when a newer value overtakes it.
   * @param {string} address
   * @param {number | boolean | string} value
   * @param {{ramp_s?: number, at_frame?: number, at_beat?: number}} [when]
   */
  async set(address, value, when = {}) {
    try {
      return await this.sendCommand({ type: "set", address, value, ...when });
    } catch (error) {
      if (error instanceof CommandError && error.code === "superseded") return null;
      throw error;
    }
  }

  /** Control round trip, ms. */
  async echo() {
    const reply = await this.sendCommand({ type: "echo" });
    return Number(reply.round_trip_ms);
  }

  /**
   * Make ready to measure control to sound: resolves when the worklet listens for the ping.
   * @returns {Promise<void>}
   */
  armPing() {
    const id = this.#nextId++;
    this.#post({ kind: "arm", id });
    return new Promise((resolve) => this.#measuring.set(id, () => resolve()));
  }

  /**
   * Sound a ping and measure until the worklet finds it. Call `armPing` before.
   * @param {number} [timeoutMs]
   * @returns {Promise<PingResult | null>} null if it was not heard in time
   */
  async ping(timeoutMs = 3000) {
    const id = this.#nextId;
    const acknowledged = this.sendCommand({ type: "ping" });
    const heard = new Promise((resolve) => this.#measuring.set(id, resolve));
    const late = new Promise((resolve) => setTimeout(resolve, timeoutMs, null));
    await acknowledged;
    const result = await Promise.race([heard, late]);
    this.#measuring.delete(id);
    return /** @type {PingResult | null} */ (result);
  }

  // -- listening -----------------------------------------------------------------------------------------

  /**
   * Begin to listen. Browsers allow it in a click's handler; elsewhere `blocked` tells whether one is needed.
   * @returns {Promise<boolean>} whether sound comes out
   */
  async listen() {
    if (!this.#listening) await this.#build();
    return this.#resume();
  }

  async #build() {
    const { contextRateHz, latencyHint = 0 } = this.#options;
    const listening = new Listening({
      memory: this.#memory, streamRateHz: this.sampleRateHz, safety: this.#safety, contextRateHz, latencyHint,
    });
    this.#listening = listening;
    listening.context.onstatechange = () => this.emit("blocked", !this.audible);
    const port = await listening.open();
    this.#post({ kind: "listen", port, outputMs: listening.outputMs }, [port]);
  }

  async #resume() {
    const listening = this.#listening;
    if (!listening) return false;
    // Without a click `resume` may wait for ever: do not wait for it.
    listening.context.resume().catch(() => {});
    await settled(listening.context);
    this.#post({ kind: "output", outputMs: listening.outputMs });
    this.emit("blocked", !this.audible);
    return this.audible;
  }

  /** Stop listening; control goes on. */
  async hush() {
    const listening = this.#listening;
    this.#listening = null;
    this.#post({ kind: "hush" });
    await listening?.close();
  }

  /** Whether the browser lets us be heard. */
  get audible() {
    return this.#listening?.context.state === "running";
  }

  /** The AudioContext while we listen, for those who want to look at the sound. */
  get audioContext() {
    return this.#listening?.context ?? null;
  }

  /** 0 fast to 1 safe: how much delay to give for fewer gaps. */
  get safety() {
    return this.#safety;
  }

  set safety(safety) {
    if (!(safety >= 0 && safety <= 1)) throw new RangeError(`safety is ${safety}; allowed: 0 (fast) to 1 (safe)`);
    this.#safety = safety;
    if (this.#listening) this.#listening.safety = safety;
  }

  /**
   * Copy what the worklet gives to the device, sample by sample.
   * @param {number} seconds
   * @param {{fromFrame?: number}} [when] first frame of the session to be in it; now if absent
   * @throws {Error} if nothing is listened to
   */
  capture(seconds, { fromFrame = 0 } = {}) {
    if (!this.#listening) throw new Error("nothing is listened to: call session.listen() first");
    return this.#listening.capture(seconds, fromFrame);
  }

  /** Place in the stream of what the worklet plays now. */
  get playedFrame() {
    return this.#ring.floats[FLOAT.PLAYED_FRAME];
  }

  /** Position of the time line that is heard now, s. */
  get position() {
    if (this.#ring.ints[INT.PLAYING]) return this.#mirror.positionAt(this.playedFrame, this.sampleRateHz);
    return this.#mirror.positionAt(this.#metersFrame + this.#sinceMeters(), this.sampleRateHz);
  }

  #metersFrame = 0;
  #metersAtMs = 0;

  #sinceMeters() {
    return ((performance.now() - this.#metersAtMs) / 1000) * this.sampleRateHz;
  }

  /**
   * All figures of the line and the player.
   * @returns {import("./types.js").Stats}
   */
  stats() {
    const { ints, floats } = this.#ring;
    const rate = this.sampleRateHz / 1000;
    const outputMs = this.#listening?.outputMs ?? 0;
    const fillMs = ints[INT.FILL] / rate;
    return {
      ...this.#figures,
      link: this.link.state,
      transport: this.transportName,
      shared: this.#memory !== null,
      audible: this.audible,
      underruns: ints[INT.UNDERRUNS],
      trims: ints[INT.TRIMS],
      fillMs,
      targetMs: ints[INT.TARGET] / rate,
      spreadMs: floats[FLOAT.SPREAD_S] * 1000,
      outputMs,
      delayMs: this.#figures.roundTripMs / 2 + fillMs + outputMs,
      speedPpm: this.audible && floats[FLOAT.RATIO] ? (floats[FLOAT.RATIO] - 1) * 1e6 : 0,
      playedFrame: this.playedFrame,
      streamRateHz: this.sampleRateHz,
      contextRateHz: this.#listening?.context.sampleRate ?? 0,
      safety: this.#safety,
    };
  }

  /** Leave the session. */
  async close() {
    globalThis.removeEventListener?.("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#post({ kind: "close" });
    await this.#listening?.close();
    this.#listening = null;
  }

  // -- the Worker ----------------------------------------------------------------------------------------

  /** @param {ToLine} message @param {Transferable[]} [transfer] */
  #post(message, transfer = []) {
    this.#worker.postMessage(message, transfer);
  }

  #hurry = () => this.#post({ kind: "hurry" });

  #seen = () => {
    if (document.visibilityState !== "visible") return;
    this.#hurry();
    if (this.#listening) void this.#resume();
  };

  /** @param {FromLine} news */
  #heard(news) {
    switch (news.kind) {
      case "link":
        return this.#linked(news.link);
      case "message":
        return this.#told(news.message);
      case "settled":
        return this.#settled(news.id, news.message);
      case "failed":
        this.#waiting.get(news.id)?.reject(new CommandError({ code: news.code, message: news.reason }));
        this.#waiting.delete(news.id);
        return;
      case "figures":
        this.#figures = news.figures;
        return this.emit("status", this.stats());
      case "player":
        this.#ring.ints.set(news.ints);
        this.#ring.floats.set(news.floats);
        return;
      case "armed":
        return this.#measured(news.id, null);
      case "ping":
        return this.#measured(news.id, news.result);
      case "stalled":
        void this.#rebuild();
    }
  }

  /** @param {number} id @param {unknown} result */
  #measured(id, result) {
    this.#measuring.get(id)?.(result);
    this.#measuring.delete(id);
  }

  /** @param {import("./types.js").Link} link */
  #linked(link) {
    this.link = link;
    if (link.state === "closed") this.#opened.reject(new CommandError({ code: "closed", message: link.reason }));
    this.emit("link", link);
    this.emit("status", this.stats());
  }

  /** @param {number} id @param {Message} message */
  #settled(id, message) {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (message.type === "error") waiting?.reject(new CommandError(/** @type {any} */ (message)));
    else waiting?.resolve(message);
  }

  /** @param {Message} message */
  #told(message) {
    const changed = this.#mirror.take(message);
    if (message.type === "welcome") this.#welcome(message);
    else if (message.type === "meters") this.#meters(message);
    else if (message.type === "status") this.emit("server", message);
    else if (message.type === "error") this.emit("error", new CommandError(/** @type {any} */ (message)));
    if (changed === "state") this.emit("state", this.state);
    else if (changed === "change") this.emit("change", message);
    else if (changed) this.emit(changed, /** @type {any} */ (this.state)[changed]);
  }

  /** @param {Message} message */
  #welcome(message) {
    const { session, name, role, member, sample_rate_hz, latency_frames } = message;
    const otherRate = this.#listening !== null && sample_rate_hz !== this.#listening.streamRateHz;
    Object.assign(this, { sessionId: session, sessionName: name, role, member });
    this.sampleRateHz = sample_rate_hz;
    this.latencyFrames = latency_frames;
    if (otherRate) void this.#rebuild();
    this.#opened.resolve();
  }

  /** @param {Message} message */
  #meters(message) {
    const meters = /** @type {import("./types.js").Meters} */ (/** @type {unknown} */ (message));
    this.#metersFrame = meters.frame;
    this.#metersAtMs = performance.now();
    const aheadMs = ((meters.frame - this.playedFrame) / this.sampleRateHz) * 1000;
    const audible = this.audible && this.#ring.ints[INT.PLAYING] === 1;
    if (!audible || aheadMs < 4 || aheadMs > METERS_LATEST_MS) return this.emit("meters", meters);
    setTimeout(() => this.emit("meters", meters), aheadMs);
  }

  /** The device no longer takes sound (unplugged, or another rate is needed): a new context. */
  async #rebuild() {
    const old = this.#listening;
    const wasAudible = this.audible;
    const soon = performance.now() - this.#rebuiltMs < REBUILD_PAUSE_MS;
    if (!old || (!wasAudible && old.streamRateHz === this.sampleRateHz) || soon) return;
    this.#rebuiltMs = performance.now();
    this.#listening = null;
    await old.close();
    await this.#build();
    await this.#resume();
  }
}

/** @param {"auto" | "websocket" | "fetch"} wanted @returns {"websocket" | "fetch"} */
function chooseTransport(wanted) {
  if (wanted !== "auto") return wanted;
  return /\bFirefox\//.test(globalThis.navigator?.userAgent ?? "") ? "fetch" : "websocket";
}

/**
 * @param {string} url of the WebSocket
 * @param {string} token
 * @param {{encoding: string, frames: number, channels: number}} audio
 */
function streamUrlOf(url, token, { encoding, frames, channels }) {
  const stream = new URL(url.replace(/^ws/, "http").replace(/\/ws$/, "/stream"));
  for (const [key, value] of Object.entries({ format: "raw", encoding, frames, channels, token })) {
    stream.searchParams.set(key, String(value));
  }
  return stream.href;
}

/** Wait until a context runs, but no longer than a context that may run needs. @param {AudioContext} context */
function settled(context) {
  return new Promise((resolve) => {
    if (context.state === "running") return resolve(undefined);
    context.addEventListener("statechange", resolve, { once: true });
    setTimeout(resolve, 500);
  });
}
