// @ts-check
/** The Worker's half of listening: the channel to the worklet, the sound's own request where there is one. */
import { FLOAT, INT } from "./ring.js";

const STALLED_BEATS = 2;

/** @typedef {import("./types.js").FromPlayer} FromPlayer */
/** @typedef {import("./types.js").FromHearing} FromHearing */

export class Hearing {
  /**
   * @param {import("./intake.js").Intake} intake
   * @param {(message: FromHearing) => void} tell what the worklet says, and what it cannot
   */
  constructor(intake, tell) {
    this.#intake = intake;
    this.#tell = tell;
  }

  #intake;
  #tell;
  /** @type {MessagePort | null} */
  #player = null;
  /** @type {{close: () => void} | null} */
  #request = null;
  #deviceFrames = 0;
  #stalledBeats = 0;
  #arming = 0; // id of what the worklet was asked and has not answered; 0: nothing

  /** Whether somebody listens. */
  get on() {
    return this.#player !== null;
  }

  /** @param {MessagePort} port to the worklet */
  begin(port) {
    this.#leave();
    this.#player = port;
    this.#intake.port = port;
    port.onmessage = (event) => this.#heard(event.data);
  }

  /** @param {(() => {close: () => void}) | null} open the sound's own request; null: end it */
  request(open) {
    if (open && this.#request) return;
    this.#request?.close();
    this.#request = open ? open() : null;
  }

  end() {
    this.#leave();
    this.#intake.port = null;
    this.request(null);
  }

  /** Let the worklet find the next sound; where nobody listens that fails at once. @param {number} id */
  arm(id) {
    if (!this.#player) return this.#cannot(id);
    this.#arming = id;
    this.#player.postMessage({ kind: "arm", id });
  }

  #leave() {
    this.#player?.close();
    this.#player = null;
    if (this.#arming > 0) this.#cannot(this.#arming);
    this.#arming = 0;
  }

  /** @param {number} id */
  #cannot(id) {
    this.#tell({ kind: "failed", id, code: "deaf", reason: "nothing is listened to: call session.listen() first" });
  }

  /** @param {FromPlayer} message */
  #heard(message) {
    if (message.kind === "player") {
      this.#intake.ring.ints.set(message.ints);
      this.#intake.ring.floats.set(message.floats);
    } else if (message.kind === "armed") this.#arming = 0;
    this.#tell(message);
  }

  /**
   * A device that was unplugged takes no more frames. Call it once a second.
   * @returns {boolean} true once, when it has taken none for a while
   */
  isStalled() {
    const taken = this.#intake.ring.floats[FLOAT.DEVICE_FRAMES];
    this.#stalledBeats = this.on && taken === this.#deviceFrames ? this.#stalledBeats + 1 : 0;
    this.#deviceFrames = taken;
    return this.#stalledBeats === STALLED_BEATS;
  }

  /**
   * The `stats` message for the server.
   * @param {import("./types.js").LineFigures} figures
   * @param {number} rateHz
   * @param {number} outputMs
   */
  stats(figures, rateHz, outputMs) {
    const { ints } = this.#intake.ring;
    const ringMs = (ints[INT.FILL] / rateHz) * 1000;
    return {
      type: "stats",
      underruns: ints[INT.UNDERRUNS],
      fill_frames: ints[INT.FILL],
      target_frames: ints[INT.TARGET],
      dropped_blocks: figures.droppedBlocks,
      arrival_p95_ms: figures.arrivalP95Ms,
      delay_ms: figures.roundTripMs / 2 + ringMs + outputMs,
    };
  }
}
