// @ts-check
/**
 * The line to the server, as it runs in the Worker: one WebSocket (and in Firefox one streaming request), said hello
 * to, watched, measured, and made again when it breaks.
 *
 * It takes what it needs of the world from its constructor, so that its tests run it without a browser.
 */
import { backoffMs } from "./backoff.js";
import { Intake } from "./intake.js";
import { Outbox } from "./outbox.js";
import { PingTimer } from "./ping.js";
import { FLOAT, INT } from "./ring.js";
import { ServerClock } from "./server-clock.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").FromLine} FromLine */
/** @typedef {import("./types.js").ToLine} ToLine */
/** @typedef {import("./types.js").LinkState} LinkState */

const PROTOCOL = "telharmonic.v1";
const BEAT_MS = 1000;
const SILENT_MS = 5000; // a server that says nothing for so long (it sends status every second) is gone
const STALLED_BEATS = 2;
const CONTROL_MEMORY = 15; // commands whose way to the ear makes the median
const FIRST_OWN_ID = 2 ** 40; // ids of the Worker's own messages, out of the page's way

/**
 * @typedef {object} World
 * @property {(message: FromLine, transfer?: Transferable[]) => void} post to the page
 * @property {() => number} nowMs
 * @property {(url: string, protocol: string) => WebSocket} open
 * @property {(url: string, take: (message: DataView) => void) => {close: () => void}} stream
 * @property {(callback: () => void, ms: number) => unknown} later
 */

export class Line {
  /**
   * @param {import("./types.js").LineOptions} options
   * @param {World} world
   */
  constructor(options, world) {
    this.#options = options;
    this.#world = world;
    this.#intake = new Intake(options.memory);
    this.#connect();
    this.#beat();
  }

  #options;
  #world;
  #intake;
  #outbox = new Outbox();
  #clock = new ServerClock();
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {{close: () => void} | null} */
  #fetching = null;
  /** @type {MessagePort | null} */
  #player = null;
  /** @type {LinkState} */
  #state = "connecting";
  #attempts = 0;
  #reason = "";
  #heardMs = 0;
  #ownId = FIRST_OWN_ID;
  #epoch = -1;
  #seq = -1;
  #member = "";
  #rateHz = 48000;
  #latencyFrames = 0;
  #outputMs = 0;
  #dropped = 0;
  /** @type {Map<number, PingTimer>} */
  #pings = new Map();
  /** @type {number[]} */
  #controlToSound = [];
  #deviceFrames = 0;
  #stalledBeats = 0;

  /** @param {ToLine} message from the page */
  receive(message) {
    switch (message.kind) {
      case "command":
        return this.#command(message.id, message.message, message.atMs);
      case "listen":
        return this.#listen(message.port, message.outputMs);
      case "output":
        this.#outputMs = message.outputMs;
        return;
      case "hush":
        return this.#hush();
      case "arm":
        return this.#player?.postMessage({ kind: "arm", id: message.id });
      case "hurry":
        if (this.#state === "waiting") this.#connect();
        return;
      case "close":
        return this.#end("closed here");
    }
  }

  // -- the connection ------------------------------------------------------------------------------------

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
    const audio = this.#player && this.#options.transport === "websocket" ? this.#options.audio : null;
    this.#send({ type: "hello", token, name, meters_hz: metersHz, audio, ...resume });
  }

  /** @param {string} reason */
  #lost(reason) {
    if (this.#state === "closed") return;
    this.#drop();
    for (const id of this.#outbox.lineLost()) this.#fail(id, "line-lost", "the line broke before the answer came");
    this.#pings.clear();
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
    this.#clock.reset();
    this.#intake.forget();
  }

  /** @param {string} reason */
  #end(reason) {
    if (this.#state === "closed") return;
    this.#reason = reason;
    this.#setState("closed");
    this.#drop();
    this.#hush();
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

  // -- what comes ----------------------------------------------------------------------------------------

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
        this.#dropped += Number(message.blocks);
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
    this.#rateHz = message.sample_rate_hz;
    this.#latencyFrames = message.latency_frames;
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
    const ping = this.#pings.get(id);
    if (ping && message.timing) {
      ping.acknowledged(message.frame, message.timing, this.#clock.offsetMs);
      this.#finishPing(id, ping);
    }
    if (entry) {
      this.#noteControlToSound(entry, Number(message.frame));
      this.#world.post({ kind: "settled", id, message });
    }
  }

  /** @param {Message} message */
  #refused(message) {
    const id = Number(message.id ?? -1);
    const { code, message: reason } = message;
    this.#pings.delete(id);
    if (this.#outbox.settle(id)) return this.#world.post({ kind: "settled", id, message });
    this.#world.post({ kind: "message", message });
    if (this.#state === "connecting" && isFinal(code)) this.#end(reason);
  }

  /** @param {Message} message */
  #echoed(message) {
    const nowMs = this.#world.nowMs();
    this.#clock.echo(message.client_us / 1000, message.server_us / 1000, nowMs);
    if (this.#outbox.settle(Number(message.id))) {
      const reply = { ...message, round_trip_ms: nowMs - message.client_us / 1000 };
      this.#world.post({ kind: "settled", id: Number(message.id), message: reply });
    }
  }

  // -- commands ------------------------------------------------------------------------------------------

  /**
   * @param {number} id
   * @param {Message} message
   * @param {number} atMs
   */
  #command(id, message, atMs) {
    if (this.#state === "closed") return this.#fail(id, "closed", this.#reason);
    if (message.type === "ping") {
      if (this.#state !== "open") return this.#fail(id, "line-lost", "the line is not open");
      this.#pings.set(id, new PingTimer({ startMs: atMs }));
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

  /**
   * @param {number} id
   * @param {string} code
   * @param {string} reason
   */
  #fail(id, code, reason) {
    this.#world.post({ kind: "failed", id, code, reason });
  }

  /**
   * From the hand to the ear: when will the frame of this acknowledgement be played?
   * @param {import("./outbox.js").Entry} entry
   * @param {number} frame
   */
  #noteControlToSound(entry, frame) {
    const { ints } = this.#intake.ring;
    if (!ints[INT.PLAYING] || entry.message.at_frame !== undefined || entry.message.at_beat !== undefined) return;
    const aheadMs = ((frame + this.#latencyFrames - this.#intake.playedFrame) / this.#rateHz) * 1000;
    const ms = this.#world.nowMs() + aheadMs - entry.atMs;
    if (!(ms > 0 && ms < 2000)) return;
    this.#controlToSound.push(ms);
    if (this.#controlToSound.length > CONTROL_MEMORY) this.#controlToSound.shift();
  }

  // -- listening -----------------------------------------------------------------------------------------

  /**
   * @param {MessagePort} port
   * @param {number} outputMs
   */
  #listen(port, outputMs) {
    this.#player?.close();
    this.#player = port;
    this.#intake.port = port;
    this.#outputMs = outputMs;
    port.onmessage = (event) => this.#fromPlayer(event.data);
    if (this.#options.transport === "websocket") {
      this.#send({ type: "audio", id: this.#ownId++, audio: this.#options.audio });
    } else if (!this.#fetching) {
      this.#fetching = this.#world.stream(this.#options.streamUrl, (view) => this.#takeAudio(view));
    }
  }

  #hush() {
    this.#player?.close();
    this.#player = null;
    this.#intake.port = null;
    this.#fetching?.close();
    this.#fetching = null;
    if (this.#options.transport === "websocket") this.#send({ type: "audio", id: this.#ownId++, audio: null });
  }

  /** @param {import("./types.js").FromPlayer} message */
  #fromPlayer(message) {
    if (message.kind === "armed") {
      this.#world.post(message);
    } else if (message.kind === "player") {
      this.#intake.ring.ints.set(message.ints);
      this.#intake.ring.floats.set(message.floats);
      this.#world.post(message);
    } else {
      const atMs = this.#world.nowMs() + message.offsetS * 1000;
      for (const [id, ping] of this.#pings) {
        ping.heard(message.streamFrame, atMs);
        this.#finishPing(id, ping);
      }
    }
  }

  /**
   * @param {number} id
   * @param {PingTimer} ping
   */
  #finishPing(id, ping) {
    const result = ping.result((frame) => this.#intake.messageOf(frame), this.#rateHz, this.#outputMs);
    if (!result) return;
    this.#pings.delete(id);
    this.#world.post({ kind: "ping", id, result });
  }

  // -- once a second -------------------------------------------------------------------------------------

  #beat() {
    if (this.#state === "closed") return;
    if (this.#state === "open" || this.#state === "connecting") {
      if (this.#world.nowMs() - this.#heardMs > SILENT_MS) this.#lost("the server fell silent");
    }
    if (this.#state === "open") {
      this.#echo();
      this.#tellStats();
    }
    this.#watchDevice();
    this.#world.post({ kind: "figures", figures: this.#figures() });
    this.#world.later(() => this.#beat(), BEAT_MS);
  }

  #echo() {
    this.#send({ type: "echo", id: this.#ownId++, client_us: Math.round(this.#world.nowMs() * 1000) });
  }

  #figures() {
    const sorted = [...this.#controlToSound].sort((a, b) => a - b);
    return {
      roundTripMs: this.#clock.roundTripMs,
      arrivalP95Ms: this.#intake.arrivalP95Ms(),
      droppedBlocks: this.#dropped,
      messages: this.#intake.messages,
      controlToSoundMs: sorted.length ? sorted[sorted.length >> 1] : 0,
      clockOffsetMs: this.#clock.offsetMs,
    };
  }

  #tellStats() {
    if (!this.#player) return;
    const { ints } = this.#intake.ring;
    const ringMs = (ints[INT.FILL] / this.#rateHz) * 1000;
    this.#send({
      type: "stats",
      underruns: ints[INT.UNDERRUNS],
      fill_frames: ints[INT.FILL],
      target_frames: ints[INT.TARGET],
      dropped_blocks: this.#dropped,
      arrival_p95_ms: this.#intake.arrivalP95Ms(),
      delay_ms: this.#clock.roundTripMs / 2 + ringMs + this.#outputMs,
    });
  }

  /** A device that was unplugged takes no more frames: the page must make a new context. */
  #watchDevice() {
    const taken = this.#intake.ring.floats[FLOAT.DEVICE_FRAMES];
    this.#stalledBeats = this.#player && taken === this.#deviceFrames ? this.#stalledBeats + 1 : 0;
    this.#deviceFrames = taken;
    if (this.#stalledBeats === STALLED_BEATS) this.#world.post({ kind: "stalled" });
  }
}

/**
 * Whether trying again would give the same answer.
 * @param {unknown} code of an error that came instead of a welcome
 */
function isFinal(code) {
  return !["busy", "overloaded", "starting"].includes(String(code));
}
