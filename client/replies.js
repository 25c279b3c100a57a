// @ts-check
/** Promises for what was asked of the Worker, by id. */
import { CommandError } from "./errors.js";

/** @typedef {import("./types.js").Message} Message */

export class Replies {
  /** @type {Map<number, {resolve: (value: any) => void, reject: (error: Error) => void}>} */
  #waiting = new Map();
  #nextId = 1;

  /** An id that nobody has had. */
  newId() {
    return this.#nextId++;
  }

  /**
   * @param {number} id
   * @returns {Promise<any>}
   */
  expect(id) {
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  /** @param {number} id @param {unknown} value */
  resolve(id, value) {
    this.#waiting.get(id)?.resolve(value);
    this.#waiting.delete(id);
  }

  /**
   * The server's answer: an acknowledgement or an error.
   * @param {number} id
   * @param {Message} message
   */
  settle(id, message) {
    if (message.type === "error") this.fail(id, /** @type {any} */ (message));
    else this.resolve(id, message);
  }

  /** Something can go by WebRTC only. @param {number} id @param {string} cannot why that is not to be had; empty: it is */
  needed(id, cannot) {
    if (cannot) this.fail(id, { code: "refused", message: cannot });
    else this.resolve(id, undefined);
  }

  /** @param {number} id @param {import("./types.js").CommandErrorLike} told */
  fail(id, told) {
    this.#waiting.get(id)?.reject(new CommandError(told));
    this.#waiting.delete(id);
  }
}
