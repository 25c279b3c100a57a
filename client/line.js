// @ts-check
/**
 * The line to the server, as it runs in the Worker: one WebSocket (and in Firefox one streaming request), said hello
 * to, watched, and made again when it breaks.
 *
 * It takes what it needs of the world from its constructor, so that its tests run it without a browser.
 */
import { backoffMs } from "./backoff.js";
import { Commands } from "./commands.js";
import { Measuring } from "./measuring.js";
import { Sound } from "./sound.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").FromLine} FromLine */
/** @typedef {import("./types.js").ToLine} ToLine */
/** @typedef {import("./types.js").LinkState} LinkState */
/** @typedef {import("./types.js").World} World */

const PROTOCOL = "telharmonic.v1";
const BEAT_MS = 1000;
const SILENT_MS = 5000; // a server that says nothing for so long (it sends status every second) is gone
const FIRST_OWN_ID = 2 ** 40; // ids of the Worker's own messages, out of the page's way
const LEFT = 1000; // RFC 6455: we do not come back
const LOST = 4000; // we do, and the server may keep what goes on by WebRTC
const FINAL = new Set(["refused", "message", "parameter"]); // errors that the same hello would get again

export class Line {
  /**
   * @param {import("./types.js").LineOptions} options
   * @param {World} world
   */
  constructor(options, world) {
    this.#options = options;
    this.#world = world;
    this.#commands = new Commands(world, (message) => this.#say(message));
    this.#sound = new Sound({
      line: options,
      world,
      ask: (message) => this.#ask(message),
      control: (open) => this.#controlled(open),
      hear: (text) => this.#heard(text),
      player: (message) => this.#fromPlayer(message),
      roundTripMs: () => this.#measuring.clock.leastRoundTripMs,
    });
    this.#measuring = new Measuring(this.#sound.intake, (news) => world.post(news));
    this.#connect();
    this.#beat();
  }

  #options;
  #world;
  #sound;
  /** @type {Measuring} */
  #measuring;
  #commands;
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
  /** @type {Message} */ #last = { type: "welcome", member: "" }; // welcome
  #controlOpen = false; // commands go over the WebRTC line

  /** @param {ToLine} message from the page */
  receive(message) {
    switch (message.kind) {
      case "command":
        return this.#command(message.id, message.message, message.atMs);
      case "listen":
        this.#measuring.outputMs = message.outputMs;
        return this.#sound.listen(message.port);
      case "output":
        this.#measuring.outputMs = message.outputMs;
        return;
      case "hush":
        return this.#sound.hush();
      case "arm":
        return this.#sound.hearing.arm(message.id);
      case "peer":
        return this.#sound.peer(message.news);
      case "hurry":
        if (this.#state === "waiting") this.#connect();
        return;
      case "close":
        return this.#end("closed here");
    }
  }

  /** @param {ReadableStream<import("./opus-intake.js").EncodedFrame>} frames of a WebRTC track */
  transformed(frames) {
    return this.#sound.transformed(frames);
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
    const resume = this.#epoch >= 0 ? { resume: { epoch: this.#epoch, seq: this.#seq, history_key: this.#last.history_key } } : {};
    this.#send({ type: "hello", token, name, meters_hz: metersHz, audio: this.#sound.hello(), ...resume });
  }

  /** @param {string} reason */
  #lost(reason) {
    if (this.#state === "closed") return;
    this.#drop(LOST);
    if (!this.#controlOpen) this.#commands.giveBack();
    this.#reason = reason;
    this.#setState("waiting");
    const wait = backoffMs(this.#attempts);
    this.#attempts += 1;
    this.#world.later(() => this.#state === "waiting" && this.#connect(), wait);
  }

  /** @param {number} code */
  #drop(code) {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(code);
    this.#measuring.lineLost();
    this.#sound.lost();
  }

  /** The control channel of the WebRTC line opened, or shut: commands change over to it, or back. @param {boolean} open */
  #controlled(open) {
    if (open === this.#controlOpen) return;
    this.#controlOpen = open;
    if (open || this.#state !== "open") return;
    this.#commands.giveBack();
    this.#commands.flush();
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.#state === "closed") return;
    this.#reason = reason;
    this.#setState("closed");
    this.#drop(LEFT);
    this.#sound.end();
    this.#commands.end(reason);
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

  /** Say something of our own over the WebSocket. @param {Message} message @returns {number} the id it was given */
  #ask(message) {
    const id = this.#ownId++;
    this.#send({ ...message, id });
    return id;
  }

  /** Say something by the shorter way. @param {Message} message */
  #say(message) {
    if (!this.#controlOpen) return this.#send(message);
    this.#world.post({ kind: "peer", order: { kind: "say", text: JSON.stringify(message) } });
  }

  /** @param {string | ArrayBuffer} data */
  #heard(data) {
    this.#heardMs = this.#world.nowMs();
    if (typeof data !== "string") return this.#sound.takePcm(new DataView(data));
    const message = /** @type {Message} */ (JSON.parse(data));
    if (typeof message.seq === "number" && message.type !== "welcome") {
      if (message.seq <= this.#seq) return; // it came by the other way already
      this.#seq = message.seq;
    }
    if (this.#sound.said(message)) return;
    if (message.type === "upstream" || message.type === "take") this.#commands.settle(Number(message.id ?? -1), message);
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
        this.#sound.intake.dropped += Number(message.blocks);
        break;
      case "bye":
        this.#reason = String(message.reason);
        break;
    }
    this.#world.post({ kind: "message", message });
  }

  /** @param {Message} message */
  #welcome(message) {
    const missed = Array.isArray(message.missed) ? message.missed : [];
    this.#commands.reconcile(missed, this.#last.member);
    this.#epoch = message.epoch;
    this.#seq = message.seq;
    this.#last = message;
    this.#measuring.rateHz = message.sample_rate_hz;
    this.#measuring.latencyFrames = message.latency_frames;
    this.#attempts = 0;
    this.#reason = "";
    this.#world.post({ kind: "message", message });
    this.#setState("open");
    this.#sound.welcomed(message);
    this.#echo();
    this.#commands.flush();
  }

  /** @param {Message} message */
  #acknowledged(message) {
    const entry = this.#commands.settle(Number(message.id), message);
    this.#measuring.acknowledged(message, entry, this.#world.nowMs());
  }

  /** @param {Message} message */
  #refused(message) {
    const id = Number(message.id ?? -1);
    this.#measuring.forgetPing(id);
    if (this.#commands.settle(id, message)) return;
    this.#world.post({ kind: "message", message });
    // A server that restarts does not know its sessions for a moment; one that never knew ours is asked once.
    const final = FINAL.has(message.code) || (message.code === "not_found" && this.#epoch < 0);
    if (this.#state === "connecting" && final) this.#end(message.message);
  }

  /** @param {Message} message */
  #echoed(message) {
    const nowMs = this.#world.nowMs();
    this.#measuring.clock.echo(message.client_us / 1000, message.server_us / 1000, nowMs);
    const reply = { ...message, round_trip_ms: nowMs - message.client_us / 1000 };
    this.#commands.settle(Number(message.id), reply);
  }

  /** @param {number} id @param {Message} message @param {number} atMs */
  #command(id, message, atMs) {
    if (this.#state === "closed") return this.#commands.fail(id, "closed", this.#reason);
    if (message.type === "ping") {
      if (!this.#mayTalk) return this.#commands.fail(id, "line-lost", "the line is not open");
      this.#measuring.startPing(id, atMs);
    }
    this.#commands.keep(id, message, atMs);
    if (this.#mayTalk) this.#commands.flush();
  }

  /** @param {import("./types.js").FromHearing} message */
  #fromPlayer(message) {
    if (message.kind !== "onset") return this.#world.post(message);
    this.#measuring.heard(message.streamFrame, this.#world.nowMs() + message.offsetS * 1000);
  }

  #beat() {
    if (this.#state === "closed") return;
    const silent = this.#world.nowMs() - this.#heardMs > SILENT_MS;
    if (silent && this.#state !== "waiting") this.#lost("the server fell silent");
    const { hearing } = this.#sound;
    const control = /** @type {"webrtc" | "websocket"} */ (this.#controlOpen ? "webrtc" : "websocket");
    const figures = { ...this.#measuring.figures(), ...this.#sound.figures(), control };
    if (this.#mayTalk) {
      this.#echo();
      const { rateHz, outputMs } = this.#measuring;
      if (hearing.on) this.#send(hearing.stats(figures, rateHz, outputMs));
      this.#sound.step();
    }
    if (hearing.isStalled()) this.#world.post({ kind: "stalled" });
    this.#world.post({ kind: "figures", figures });
    this.#world.later(() => this.#beat(), BEAT_MS);
  }

  /** The WebRTC line may hold where the WebSocket does not. */
  get #mayTalk() {
    return this.#state === "open" || this.#controlOpen;
  }

  #echo() {
    this.#say({ type: "echo", id: this.#ownId++, client_us: Math.round(this.#world.nowMs() * 1000) });
  }
}
