// @ts-check
/** A session on the server, in the page: what it is like, what is heard of it, and commands to it. */
import { Ear } from "./ear.js";
import { Emitter } from "./emitter.js";
import { CommandError } from "./errors.js";
import { Heard, NO_FIGURES } from "./heard.js";
import { makeRing } from "./listening.js";
import { Mirror } from "./mirror.js";
import { lineOptions } from "./options.js";
import { Peering } from "./peering.js";
import { Replies } from "./replies.js";
import { uniteStats } from "./stats.js";

export { CommandError };

/** @typedef {import("./types.js").Command} Command */
/** @typedef {import("./types.js").Message} Message */
/** @type {Record<string, "server" | "upstream" | "take" | "midi">} */
const TOLD = { status: "server", upstream: "upstream", take: "take", midi: "midi" }; // events of messages that are handed on

/**
 * Open a session; resolves when it is known.
 * @param {import("./options.js").ConnectOptions} options
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
  /** @param {import("./options.js").ConnectOptions} options */
  constructor(options) {
    super();
    const { memory, ring } = makeRing(options.shared ?? true);
    const line = lineOptions(options, memory);
    this.#figures.path = line.pcm;
    this.#heard = new Heard(ring);
    this.#worker = new Worker(new URL("./line-worker.js", import.meta.url), { type: "module", name: "telharmonic" });
    this.#worker.onmessage = (event) => this.#told(event.data);
    this.#worker.onerror = ({ message }) => this.#opened.reject(new Error(`the Worker did not start: ${message}`));
    const post = this.#post.bind(this);
    const tell = () => this.emit("blocked", !this.audible);
    this.#peering = new Peering(this.#worker, { tell: (news) => post({ kind: "peer", news }), blocked: tell });
    post({ kind: "open", options: line });
    this.#ear = new Ear({ memory, wanted: options, peering: this.#peering, post, tell });
    /** Resolved when the server has told its state. @type {Promise<void>} */
    this.ready = new Promise((resolve, reject) => (this.#opened = { resolve, reject }));
    globalThis.addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#seen);
  }

  #ear;
  #heard;
  #worker;
  #peering;
  #mirror = new Mirror();
  #replies = new Replies();
  /** @type {{resolve: () => void, reject: (error: Error) => void}} */
  #opened = { resolve: () => {}, reject: () => {} };
  #figures = { ...NO_FIGURES };

  /** @type {import("./types.js").Link} */
  link = { state: "connecting", attempts: 0, reason: "" };
  role = ""; // performer, controller or listener
  member = ""; // who we are among the members
  sessionId = "";
  sessionName = "";
  epoch = -1; // another number whenever the server started the session anew
  sampleRateHz = 48000;
  latencyFrames = 0; // by which the mix lags the commands (the limiter looks ahead)

  /** What the session is like now. @returns {import("./types.js").SessionState} */
  get state() {
    if (this.#mirror.state) return this.#mirror.state;
    throw new Error("the session has not told its state yet: await session.ready");
  }

  /**
   * Send a command: a message of telharmonic.v1 without its id, or dspNode's payload. While the line is away it is
   * kept and sent after the reconnect.
   * @param {Command} command
   * @returns {Promise<Message>} the acknowledgement, with the frame at which it took effect
   * @throws {CommandError} with the server's reason; or `superseded`, `line-lost`, `closed`, `busy` of our own
   */
  sendCommand(command) {
    return this.#command(this.#replies.newId(), command);
  }

  /** @param {number} id @param {any} message @returns {Promise<Message>} */
  #command(id, message) {
    this.#post({ kind: "command", id, message, atMs: performance.timeOrigin + performance.now() });
    return this.#replies.expect(id);
  }

  /**
   * Turn one parameter. For faders in motion: does not complain when a newer value overtakes this one.
   * @param {string} address
   * @param {number | boolean | string} value
   * @param {{ramp_s?: number, at_frame?: number, at_beat?: number, gesture?: number}} [when] and in which gesture
   * @returns {Promise<Message | null>} null if it was overtaken
   */
  async set(address, value, when = {}) {
    try {
      return await this.sendCommand({ type: "set", address, value, ...when });
    } catch (error) {
      if (error instanceof CommandError && error.code === "superseded") return null;
      throw error;
    }
  }

  /** Control round trip, ms. @returns {Promise<number>} */
  echo = async () => (await this.sendCommand({ type: "echo" })).round_trip_ms;

  /** Make ready to measure control to sound: the worklet listens for the ping. @returns {Promise<void>} rejects with `deaf` where nothing is heard */
  armPing() {
    const id = this.#replies.newId();
    this.#post({ kind: "arm", id });
    return this.#replies.expect(id);
  }

  /**
   * Sound a ping and measure until the worklet finds it. Call `armPing` before.
   * @param {number} [timeoutMs] @param {string} [strip] whose; the session's own without it
   * @returns {Promise<import("./types.js").PingResult | null>} null if it was not heard in time
   */
  async ping(timeoutMs = 3000, strip = undefined) {
    const id = this.#replies.newId();
    const heard = this.#replies.expect(-id); // its acknowledgement has the id itself
    await this.#command(id, { type: "ping", ...(strip === undefined ? {} : { strip }) });
    return Promise.race([heard, new Promise((resolve) => setTimeout(resolve, timeoutMs, null))]);
  }

  /**
   * Begin to listen. Browsers allow it in a click's handler; elsewhere the event `blocked` tells if one is needed.
   * @returns {Promise<boolean>} whether sound comes out
   */
  listen() {
    return this.#ear.begin(this.sampleRateHz);
  }

  /** Stop listening; control goes on. */
  hush() {
    this.#post({ kind: "hush" });
    return this.#ear.end();
  }

  /** Whether the browser lets us be heard. */
  get audible() {
    return this.#ear.audible;
  }

  /** Where the sound comes from while we listen, for those who want to look at it. */
  get outputNode() {
    return this.#ear.node;
  }

  /** The WebRTC track as the browser would play it; null on other ways. */
  get stream() {
    return this.#peering.stream;
  }

  /** Let the session hear a track of ours, or (null) none; rejects where WebRTC is not to be had. @param {MediaStreamTrack | null} track */
  async play(track) {
    this.#peering.play(track);
    if (!track) return;
    const id = this.#replies.newId();
    this.#post({ kind: "peer", news: { kind: "need", id, why: "the microphone" } });
    await this.#replies.expect(id);
  }

  /** 0 fast to 1 safe: how much delay to give for fewer gaps. */
  get safety() {
    return this.#ear.safety;
  }
  set safety(safety) {
    this.#ear.safety = safety;
  }

  /**
   * Copy what the worklet gives to the device, sample by sample.
   * @param {number} seconds
   * @param {{fromFrame?: number}} [when] first frame of the session to be in it; now if absent
   * @returns {Promise<import("./types.js").Captured>}
   * @throws {Error} if nothing is listened to
   */
  capture(seconds, { fromFrame = 0 } = {}) {
    return this.#ear.capture(seconds, fromFrame);
  }

  /** Position of the time line that is heard now, s, the delays of limiter and device taken off. */
  get position() {
    const heardFrame = this.#heard.frame - this.latencyFrames - (this.#ear.outputMs / 1000) * this.sampleRateHz;
    return this.#mirror.positionAt(heardFrame, this.sampleRateHz);
  }

  /** All figures of the line and the player. @returns {import("./types.js").Stats} */
  stats() {
    const [line, rtc, heard, ear] = [this.#figures, this.#peering.figures, this.#heard, this.#ear];
    return uniteStats({ line, rtc, link: this.link.state, heard, ear });
  }

  /** Leave the session. */
  async close() {
    globalThis.removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#seen);
    this.#post({ kind: "close" });
    this.#peering.close();
    await this.#ear.end();
  }

  /** @param {import("./types.js").ToLine} message @param {Transferable[]} [transfer] */
  #post(message, transfer = []) {
    this.#worker.postMessage(message, transfer);
  }

  #hurry = () => this.#post({ kind: "hurry" });

  #seen = () => {
    if (document.visibilityState !== "visible") return;
    this.#hurry();
    void this.#ear.resume();
  };

  /** @param {import("./types.js").FromLine} news */
  #told(news) {
    switch (news.kind) {
      case "link":
        return this.#linked(news.link);
      case "message":
        return this.#said(news.message);
      case "settled":
        return this.#replies.settle(news.id, news.message);
      case "failed":
        return this.#replies.fail(news.id, { code: news.code, message: news.reason });
      case "figures":
        this.#figures = news.figures;
        void this.#peering.count();
        return this.emit("status", this.stats());
      case "player":
        this.#heard.ring.ints.set(news.ints);
        return this.#heard.ring.floats.set(news.floats);
      case "peer":
        return this.#peering.obey(news.order);
      case "needed":
        return this.#replies.needed(news.id, news.cannot);
      case "armed":
        return this.#replies.resolve(news.id, undefined);
      case "onset":
        return this.emit("onset", news.onset);
      case "ping":
        return this.#replies.resolve(-news.id, news.result);
      case "stalled":
        return void this.#ear.rebuild(this.sampleRateHz);
    }
  }

  /** @param {import("./types.js").Link} link */
  #linked(link) {
    this.link = link;
    if (link.state === "closed") this.#opened.reject(new CommandError({ code: "closed", message: link.reason }));
    this.emit("link", link);
    this.emit("status", this.stats());
  }

  /** @param {Message} message */
  #said(message) {
    const changed = this.#mirror.take(message);
    if (message.type === "welcome") this.#welcome(message);
    else if (message.type === "meters") this.#meters(/** @type {any} */ (message));
    else if (message.type === "error") this.emit("error", new CommandError(/** @type {any} */ (message)));
    else if (message.type in TOLD) this.emit(TOLD[message.type], /** @type {any} */ (message));
    if (changed === "state") this.emit("state", this.state);
    else if (changed === "change") this.emit("change", /** @type {any} */ (message));
    else if (changed) this.emit(changed, /** @type {any} */ (changed in this.#mirror ? this.#mirror : this.state)[changed]);
  }

  /** @param {Message} message */
  #welcome(message) {
    this.sessionId = message.session;
    this.sessionName = message.name;
    this.role = message.role;
    this.member = message.member;
    this.epoch = message.epoch;
    this.sampleRateHz = this.#heard.rateHz = message.sample_rate_hz;
    this.latencyFrames = message.latency_frames;
    void this.#ear.meetRate(this.sampleRateHz);
    this.#opened.resolve();
  }

  /** @param {import("./types.js").Meters} meters */
  #meters(meters) {
    const dueMs = this.#heard.metersDueMs(meters, this.audible);
    setTimeout(() => this.emit("meters", meters), dueMs);
  }
}
