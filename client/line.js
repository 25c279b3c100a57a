// @ts-check
/**
 * The line to the server, as it runs in the Worker: one WebSocket (and in Firefox one streaming request), said hello
 * to, watched, and made again when it breaks.
 *
 * It takes what it needs of the world from its constructor, so that its tests run it without a browser.
 */
import { backoffMs } from "./backoff.js";
import { Hearing } from "./hearing.js";
import { Intake } from "./intake.js";
import { Measuring } from "./measuring.js";
import { Outbox } from "./outbox.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").FromLine} FromLine */
/** @typedef {import("./types.js").ToLine} ToLine */
/** @typedef {import("./types.js").LinkState} LinkState */
/** @typedef {import("./types.js").World} World */

const PROTOCOL = "telharmonic.v1";
const BEAT_MS = 1000;
const SILENT_MS = 5000; // a server that says nothing for so long (it sends status every second) is gone
const FIRST_OWN_ID = 2 ** 40; // ids of the Worker's own messages, out of the page's way
const FINAL = new Set(["refused", "message", "parameter"]); // errors that the same hello would get again

export class Line {
  /**
   * @param {import("./types.js").LineOptions} options
   * @param {World} world
   */
  constructor(options, world) {
    this.#options = options;
    this.#world = world;
    this.#intake = new Intake(options.memory);
    this.#hearing = new Hearing(this.#intake, (message) => this.#fromPlayer(message));
    this.#measuring = new Measuring(this.#intake, (id, result) => world.post({ kind: "ping", id, result }));
    this.#connect();
    this.#beat();
  }

  #options;
  #world;
  #intake;
  #hearing;
  #measuring;
  #outbox = new Outbox();
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {LinkState} */
  #state = "connecting";
  #attempts = 0;
  #reason = "";
  #heardMs = 0;
  #ownId = FIRST_OWN_ID;
  #epoch = -1;
  #seq = -1;
  #member = "";

  /** @param {ToLine} message from the page */
  receive(message) {
    switch (message.kind) {
      case "command":
        return this.#command(message.id, message.message, message.atMs);
      case "listen":
        return this.#listen(message.port, message.outputMs);
      case "output":
        this.#measuring.outputMs = message.outputMs;
        return;
      case "hush":
        return this.#hush();
      case "arm":
        return this.#hearing.arm(message.id);
      case "hurry":
        if (this.#state === "waiting") this.#connect();
        return;
      case "close":
        return this.#end("closed here");
    }
  }

  #connect() {
    this.#setState("connecting");
    const socket = this.#world.open(this.#options.url, PROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#heardMs = this.#world.nowMs();
    socket.onopen = () => socket === this.#socket && this.#hello();
    socket.onmessage = (event) => socket === this.#socket && this.#heard(event.data);
    socket.onclose = (event) => socket === this.#socket && this.#lost(event.reason || `the line broke (${event.code})`);
  }

  #hello() {
    const { token, name, metersHz } = this.#options;
    const resume = this.#epoch >= 0 ? { resume: { epoch: this.#epoch, seq: this.#seq } } : {};
    const audio = this.#hearing.on ? this.#wordsAudio : null;
    this.#send({ type: "hello", token, name, meters_hz: metersHz, audio, ...resume });
  }

  /** How the sound comes with the words; null where it has its own request. */
  get #wordsAudio() {
    return this.#options.transport === "websocket" ? this.#options.audio : null;
  }

  /** @param {string} reason */
  #lost(reason) {
    if (this.#state === "closed") return;
    this.#drop();
    for (const id of this.#outbox.lineLost()) this.#fail(id, "line-lost", "the line broke before the answer came");
    this.#reason = reason;
    this.#setState("waiting");
    const wait = backoffMs(this.#attempts);
    this.#attempts += 1;
    this.#world.later(() => this.#state === "waiting" && this.#connect(), wait);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#measuring.lineLost();
    this.#intake.forget();
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.#state === "closed") return;
    this.#reason = reason;
    this.#setState("closed");
    this.#drop();
    this.#hearing.end();
    for (const id of this.#outbox.clear()) this.#fail(id, "closed", reason);
  }

  /** @param {LinkState} state */
  #setState(state) {
    this.#state = state;
    this.#world.post({ kind: "link", link: { state, attempts: this.#attempts, reason: this.#reason } });
  }

  /** @param {Message} message */
  #send(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
  }

  /** @param {string | ArrayBuffer} data */
  #heard(data) {
    this.#heardMs = this.#world.nowMs();
    if (typeof data !== "string") return this.#takeAudio(new DataView(data));
    const message = /** @type {Message} */ (JSON.parse(data));
    if (typeof message.seq === "number" && message.type !== "welcome") this.#seq = message.seq;
    switch (message.type) {
      case "welcome":
        return this.#welcome(message);
      case "ack":
        return this.#acknowledged(message);
      case "error":
        return this.#refused(message);
      case "echo":
        return this.#echoed(message);
      case "dropped":
        this.#intake.dropped += Number(message.blocks);
        break;
      case "bye":
        this.#reason = String(message.reason);
        break;
    }
    this.#world.post({ kind: "message", message });
  }

  /** @param {DataView} view */
  #takeAudio(view) {
    try {
      this.#intake.take(view, this.#world.nowMs());
    } catch (error) {
      console.warn(`telharmonic: an audio message was not taken: ${error}`);
    }
  }

  /** @param {Message} message */
  #welcome(message) {
    const missed = Array.isArray(message.missed) ? message.missed : [];
    for (const { id, frame } of this.#outbox.reconcile(missed, this.#member)) {
      this.#world.post({ kind: "settled", id, message: { type: "ack", id, frame } });
    }
    this.#epoch = message.epoch;
    this.#seq = message.seq;
    this.#member = message.member;
    this.#measuring.rateHz = message.sample_rate_hz;
    this.#measuring.latencyFrames = message.latency_frames;
    this.#attempts = 0;
    this.#reason = "";
    this.#world.post({ kind: "message", message });
    this.#setState("open");
    this.#echo();
    this.#flush();
  }

  /** @param {Message} message */
  #acknowledged(message) {
    const id = Number(message.id);
    const entry = this.#outbox.settle(id);
    this.#measuring.acknowledged(message, entry, this.#world.nowMs());
    if (entry) this.#world.post({ kind: "settled", id, message });
  }

  /** @param {Message} message */
  #refused(message) {
    const id = Number(message.id ?? -1);
    this.#measuring.forgetPing(id);
    if (this.#outbox.settle(id)) return this.#world.post({ kind: "settled", id, message });
    this.#world.post({ kind: "message", message });
    // A server that restarts does not know its sessions for a moment; one that never knew ours is asked once.
    const final = FINAL.has(message.code) || (message.code === "not_found" && this.#epoch < 0);
    if (this.#state === "connecting" && final) this.#end(message.message);
  }

  /** @param {Message} message */
  #echoed(message) {
    const nowMs = this.#world.nowMs();
    const id = Number(message.id);
    this.#measuring.clock.echo(message.client_us / 1000, message.server_us / 1000, nowMs);
    if (!this.#outbox.settle(id)) return;
    const reply = { ...message, round_trip_ms: nowMs - message.client_us / 1000 };
    this.#world.post({ kind: "settled", id, message: reply });
  }

  /** @param {number} id @param {Message} message @param {number} atMs */
  #command(id, message, atMs) {
    if (this.#state === "closed") return this.#fail(id, "closed", this.#reason);
    if (message.type === "ping") {
      if (this.#state !== "open") return this.#fail(id, "line-lost", "the line is not open");
      this.#measuring.startPing(id, atMs);
    }
    try {
      const replaced = this.#outbox.add(id, message, atMs);
      if (replaced !== null) this.#fail(replaced, "superseded", "a newer value for the same parameter came first");
    } catch (error) {
      return this.#fail(id, "busy", String(error));
    }
    if (this.#state === "open") this.#flush();
  }

  #flush() {
    for (const { message } of this.#outbox.takeUnsent()) {
      const stamp = message.type === "echo" ? { client_us: Math.round(this.#world.nowMs() * 1000) } : {};
      this.#send({ ...message, ...stamp });
    }
  }

  /** @param {number} id @param {string} code @param {string} reason */
  #fail(id, code, reason) {
    this.#world.post({ kind: "failed", id, code, reason });
  }

  /** @param {MessagePort} port @param {number} outputMs */
  #listen(port, outputMs) {
    const { streamUrl } = this.#options;
    const request = () => this.#world.stream(streamUrl, (view) => this.#takeAudio(view));
    const was = this.#hearing.on;
    this.#hearing.begin(port, this.#wordsAudio ? null : request);
    this.#measuring.outputMs = outputMs;
    if (this.#wordsAudio && !was) this.#send({ type: "audio", id: this.#ownId++, audio: this.#wordsAudio });
  }

  #hush() {
    this.#hearing.end();
    if (this.#wordsAudio) this.#send({ type: "audio", id: this.#ownId++, audio: null });
  }

  /** @param {import("./types.js").FromPlayer} message */
  #fromPlayer(message) {
    if (message.kind !== "onset") return this.#world.post(message);
    this.#measuring.heard(message.streamFrame, this.#world.nowMs() + message.offsetS * 1000);
  }

  #beat() {
    if (this.#state === "closed") return;
    const silent = this.#world.nowMs() - this.#heardMs > SILENT_MS;
    if (silent && this.#state !== "waiting") this.#lost("the server fell silent");
    const figures = this.#measuring.figures();
    if (this.#state === "open") {
      this.#echo();
      const { rateHz, outputMs } = this.#measuring;
      if (this.#hearing.on) this.#send(this.#hearing.stats(figures, rateHz, outputMs));
    }
    if (this.#hearing.isStalled()) this.#world.post({ kind: "stalled" });
    this.#world.post({ kind: "figures", figures });
    this.#world.later(() => this.#beat(), BEAT_MS);
  }

  #echo() {
    this.#send({ type: "echo", id: this.#ownId++, client_us: Math.round(this.#world.nowMs() * 1000) });
  }
}
