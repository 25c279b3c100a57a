// @ts-check
/**
 * What is in our own hands: while a control is held, or the server has not answered all our moves of it, what it
 * tells about that control is older than what the hand is doing, and must not push it back.
 */

/** @typedef {{set: (address: string, value: number | boolean | string, when?: {gesture?: number}) => Promise<unknown>}} Setter a Session */

const SETTLE_MS = 60; // an acknowledgement and the change it tells of may come in either order

export class Hands {
  /**
   * @param {Setter} session
   * @param {(address: string) => void} show the value that the session has
   */
  constructor(session, show) {
    this.#session = session;
    this.#show = show;
  }

  #session;
  #show;
  /** @type {Map<string, number>} moves on their way, and hands */
  #reasons = new Map();
  /** @type {Set<string>} */
  #held = new Set();

  /** Whether it is held, or moves of ours are on their way. @param {string} address */
  busy(address) {
    return (this.#reasons.get(address) ?? 0) > 0;
  }

  /** @param {string} address @param {boolean} held */
  hold(address, held) {
    if (held === this.#held.has(address)) return;
    if (held) {
      this.#held.add(address);
      this.#begin(address);
    } else {
      this.#held.delete(address);
      this.#end(address);
    }
  }

  /**
   * @param {string} address
   * @param {number | boolean | string} value
   * @param {number} [gesture] of which it is a part
   * @throws {import("../../client/errors.js").CommandError} if the server refuses; the old value is shown then
   */
  async turn(address, value, gesture) {
    this.#begin(address);
    try {
      await this.#session.set(address, value, gesture === undefined ? {} : { gesture });
    } finally {
      setTimeout(() => this.#end(address), SETTLE_MS);
    }
  }

  /** @param {string} address */
  #begin(address) {
    this.#reasons.set(address, (this.#reasons.get(address) ?? 0) + 1);
  }

  /** @param {string} address */
  #end(address) {
    const left = (this.#reasons.get(address) ?? 1) - 1;
    if (left > 0) return void this.#reasons.set(address, left);
    this.#reasons.delete(address);
    this.#show(address);
  }
}
