// @ts-check
/** The commands of the page on their way: sent when there is a way, settled when an answer comes, given back if lost. */
import { Outbox } from "./outbox.js";

/** @typedef {import("./types.js").Message} Message */

export class Commands {
  /**
   * @param {import("./types.js").World} world
   * @param {(message: Message) => void} say sends a message by the way there is
   */
  constructor(world, say) {
    this.#world = world;
    this.#say = say;
  }

  #world;
  #say;
  #outbox = new Outbox();

  /**
   * Keep a command until it is answered.
   * @param {number} id
   * @param {Message} message
   * @param {number} atMs when its author gave it
   */
  keep(id, message, atMs) {
    try {
      const replaced = this.#outbox.add(id, message, atMs);
      if (replaced !== null) this.fail(replaced, "superseded", "a newer value for the same parameter came first");
    } catch (error) {
      this.fail(id, "busy", String(error));
    }
  }

  /** Send what has not been sent. */
  flush() {
    for (const { message } of this.#outbox.takeUnsent()) {
      const stamp = message.type === "echo" ? { client_us: Math.round(this.#world.nowMs() * 1000) } : {};
      this.#say({ ...message, ...stamp });
    }
  }

  /**
   * An answer came.
   * @param {number} id
   * @param {Message} message
   * @returns {import("./outbox.js").Entry | undefined} what it answers
   */
  settle(id, message) {
    const entry = this.#outbox.settle(id);
    if (entry) this.#world.post({ kind: "settled", id, message });
    return entry;
  }

  /** What was sent and not answered is to be sent again; what must not be is told so. */
  giveBack() {
    for (const id of this.#outbox.lineLost()) this.fail(id, "line-lost", "the line broke before the answer came");
  }

  /** @param {Message[]} missed @param {string} member who we were when they were sent */
  reconcile(missed, member) {
    for (const { id, frame } of this.#outbox.reconcile(missed, member)) {
      this.#world.post({ kind: "settled", id, message: { type: "ack", id, frame } });
    }
  }

  /** Give up on everything. @param {string} reason */
  end(reason) {
    for (const id of this.#outbox.clear()) this.fail(id, "closed", reason);
  }

  /** @param {number} id @param {string} code @param {string} reason */
  fail(id, code, reason) {
    this.#world.post({ kind: "failed", id, code, reason });
  }
}
