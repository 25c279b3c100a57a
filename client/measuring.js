// @ts-check
/** What the Worker measures: the server's clock, the way of every command to the ear, and pings. */
import { PingTimer } from "./ping.js";
import { INT } from "./ring.js";
import { ServerClock } from "./server-clock.js";

/** @typedef {import("./types.js").Message} Message */

const REMEMBERED = 15; // commands whose way to the ear makes the median
const LONGEST_MS = 2000; // beyond that it was no way but a stop

export class Measuring {
  /**
   * @param {import("./intake.js").Intake} intake
   * @param {(news: import("./types.js").FromLine) => void} tell
   */
  constructor(intake, tell) {
    this.#intake = intake;
    this.#tell = tell;
  }

  #intake;
  #tell;
  /** @type {Map<number, PingTimer>} */
  #pings = new Map();
  /** @type {number[]} */
  #controlToSound = [];

  clock = new ServerClock();
  rateHz = 48000;
  latencyFrames = 0;
  /** ms from the worklet to the loudspeaker, as the browser says */
  outputMs = 0;

  /** Forget what belonged to a line that broke. */
  lineLost() {
    this.clock.reset();
    this.#pings.clear();
  }

  /** @param {number} id @param {number} startMs when it was asked for */
  startPing(id, startMs) {
    this.#pings.set(id, new PingTimer({ startMs }));
  }

  /** @param {number} id */
  forgetPing(id) {
    this.#pings.delete(id);
  }

  /**
   * @param {Message} ack
   * @param {import("./outbox.js").Entry | undefined} entry the command
   * @param {number} nowMs
   */
  acknowledged(ack, entry, nowMs) {
    const ping = this.#pings.get(Number(ack.id));
    if (ping && ack.timing) {
      ping.acknowledged(ack.frame, ack.timing, this.clock.offsetMs);
      this.#finish(Number(ack.id), ping);
    } else if (entry) {
      this.#noteControlToSound(entry, Number(ack.frame), nowMs);
    }
  }

  /**
   * From the hand to the ear: when will the frame of this acknowledgement be played?
   * @param {import("./outbox.js").Entry} entry
   * @param {number} frame
   * @param {number} nowMs
   */
  #noteControlToSound({ message, atMs }, frame, nowMs) {
    const { ints } = this.#intake.ring;
    if (!ints[INT.PLAYING] || message.at_frame !== undefined || message.at_beat !== undefined) return;
    const aheadMs = ((frame + this.latencyFrames - this.#intake.playedFrame) / this.rateHz) * 1000;
    const ms = nowMs + aheadMs - atMs;
    if (!(ms > 0 && ms < LONGEST_MS)) return;
    this.#controlToSound.push(ms);
    if (this.#controlToSound.length > REMEMBERED) this.#controlToSound.shift();
  }

  /**
   * The worklet found the first sample of a sound.
   * @param {number} streamFrame
   * @param {number} atMs
   */
  heard(streamFrame, atMs) {
    for (const [id, ping] of this.#pings) {
      ping.heard(streamFrame, atMs);
      this.#finish(id, ping);
    }
    const message = this.#intake.messageOf(Math.floor(streamFrame));
    if (message) this.#tell({ kind: "onset", onset: { frame: streamFrame, atMs, ...message, outputMs: this.outputMs } });
  }

  /** @param {number} id @param {PingTimer} ping */
  #finish(id, ping) {
    const result = ping.result((frame) => this.#intake.messageOf(frame), this.rateHz, this.outputMs);
    if (!result) return;
    this.#pings.delete(id);
    this.#tell({ kind: "ping", id, result });
  }

  /** @returns {import("./types.js").LineFigures} */
  figures() {
    const sorted = [...this.#controlToSound].sort((a, b) => a - b);
    return {
      roundTripMs: this.clock.roundTripMs,
      arrivalP95Ms: this.#intake.arrivalP95Ms(),
      droppedBlocks: this.#intake.dropped,
      messages: this.#intake.messages,
      controlToSoundMs: sorted.length ? sorted[sorted.length >> 1] : 0,
      clockOffsetMs: this.clock.offsetMs,
    };
  }
}
