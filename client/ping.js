// @ts-check
/**
 * One control-to-sound measurement, put together from its stamps: who pressed, when the server had it, applied it
 * and had rendered it, when the message with the sound came, and when the worklet found the first sample.
 */

/** @typedef {import("./types.js").PingResult} PingResult */

export class PingTimer {
  /**
   * @param {object} options
   * @param {number} options.startMs when it was asked for, our clock
   */
  constructor({ startMs }) {
    this.#startMs = startMs;
  }

  #startMs;
  /** @type {{frame: number, receivedMs: number, appliedMs: number, renderedMs: number} | null} */
  #ack = null;
  /** @type {{frame: number, atMs: number} | null} */
  #onset = null;

  /**
   * The server's acknowledgement.
   * @param {number} frame at which it took effect
   * @param {{received_us: number, applied_us: number, rendered_us: number}} timing on the server's clock
   * @param {number} offsetMs the server's clock less ours
   */
  acknowledged(frame, timing, offsetMs) {
    this.#ack = {
      frame,
      receivedMs: timing.received_us / 1000 - offsetMs,
      appliedMs: timing.applied_us / 1000 - offsetMs,
      renderedMs: timing.rendered_us / 1000 - offsetMs,
    };
  }

  /**
   * The worklet found the sound.
   * @param {number} frame its place in the stream
   * @param {number} atMs our clock
   */
  heard(frame, atMs) {
    this.#onset = { frame, atMs };
  }

  /**
   * The result once both are there; the stages up to `ring` add up to the total. `output` is what the browser says
   * its way to the loudspeaker takes, beyond the total.
   * @param {(frame: number) => {firstFrame: number, arrivalMs: number} | null} messageOf
   * @param {number} rateHz of the stream
   * @param {number} outputMs
   * @returns {PingResult | null}
   */
  result(messageOf, rateHz, outputMs) {
    if (!this.#ack || !this.#onset) return null;
    const { frame, receivedMs, appliedMs, renderedMs } = this.#ack;
    const message = messageOf(Math.floor(this.#onset.frame));
    const applied = messageOf(frame);
    if (!message) return null;
    // A look-ahead (the limiter's) may put the sound into a later message, rendered that much later.
    const laterMs = applied ? ((message.firstFrame - applied.firstFrame) / rateHz) * 1000 : 0;
    const readyMs = renderedMs + laterMs;
    return {
      totalMs: this.#onset.atMs - this.#startMs,
      split: {
        control: receivedMs - this.#startMs,
        wait: appliedMs - receivedMs,
        render: readyMs - appliedMs,
        network: message.arrivalMs - readyMs,
        ring: this.#onset.atMs - message.arrivalMs,
        output: outputMs,
      },
    };
  }
}
