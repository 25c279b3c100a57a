// @ts-check
/**
 * What is in our own hands: while the server has not answered all our moves of a fader, what it tells about that
 * fader is older than what the hand is doing, and must not push it back.
 */

/** @typedef {import("../../client/session.js").Session} Session */

const SETTLE_MS = 60; // an acknowledgement and the change it tells of may come in either order

export class Hands {
  /**
   * @param {Session} session
   * @param {(address: string) => void} show the value that the session has
   */
  constructor(session, show) {
    this.#session = session;
    this.#show = show;
  }

  #session;
  #show;
  /** @type {Map<string, number>} */
  #unanswered = new Map();

  /** Whether moves of ours are on their way. @param {string} address */
  busy(address) {
    return (this.#unanswered.get(address) ?? 0) > 0;
  }

  /**
   * @param {string} address
   * @param {number | boolean} value
   * @throws {import("../../client/errors.js").CommandError} if the server refuses; the old value is shown then
   */
  async turn(address, value) {
    this.#unanswered.set(address, (this.#unanswered.get(address) ?? 0) + 1);
    try {
      await this.#session.set(address, value);
    } finally {
      setTimeout(() => this.#answered(address), SETTLE_MS);
    }
  }

  /** @param {string} address */
  #answered(address) {
    const left = (this.#unanswered.get(address) ?? 1) - 1;
    this.#unanswered.set(address, left);
    if (left === 0) this.#show(address);
  }
}
