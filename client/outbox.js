// @ts-check
/**
 * Commands between the page and the server, so that none is lost when the line breaks: kept until they are
 * answered, sent again after a reconnect, or given back as lost where a second time would be wrong.
 *
 * All commands but pings, echoes and MIDI set something to a value, so that sending them again is harmless.
 */

/** @typedef {import("./types.js").Message} Message */
/** @typedef {{id: number, message: Message, atMs: number, sent: boolean}} Entry */

const UNREPEATABLE = new Set(["ping", "echo", "midi"]);
const LIMIT = 1000; // commands waiting for an answer; a reader that does not answer must not fill the memory

export class Outbox {
  /** @type {Map<number, Entry>} in the order in which they were given */
  #entries = new Map();

  get size() {
    return this.#entries.size;
  }

  /**
   * Keep a command until it is settled.
   * @param {number} id
   * @param {Message} message
   * @param {number} atMs when its author gave it
   * @returns {number | null} id of an unsent command that this one makes pointless, which is dropped
   * @throws {RangeError} if too many wait
   */
  add(id, message, atMs) {
    if (this.#entries.size >= LIMIT) throw new RangeError(`${LIMIT} commands wait for an answer already`);
    const replaced = this.#unsentTwin(message);
    if (replaced !== null) this.#entries.delete(replaced);
    this.#entries.set(id, { id, message: { ...message, id }, atMs, sent: false });
    return replaced;
  }

  /**
   * An unsent plain `set` of the same address: while the line is away only the last place of a fader matters.
   * @param {Message} message
   */
  #unsentTwin(message) {
    if (!isPlainSet(message)) return null;
    for (const entry of this.#entries.values()) {
      if (!entry.sent && isPlainSet(entry.message) && entry.message.address === message.address) return entry.id;
    }
    return null;
  }

  /** What is to be sent now; it counts as sent afterwards. */
  takeUnsent() {
    const unsent = [...this.#entries.values()].filter((entry) => !entry.sent);
    for (const entry of unsent) entry.sent = true;
    return unsent;
  }

  /**
   * A reply came.
   * @param {number} id
   * @returns {Entry | undefined}
   */
  settle(id) {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    return entry;
  }

  /**
   * The line broke.
   * @returns {number[]} the commands that are lost, since they cannot be repeated
   */
  lineLost() {
    const lost = [];
    for (const entry of this.#entries.values()) {
      if (entry.sent && UNREPEATABLE.has(entry.message.type)) lost.push(entry.id);
      entry.sent = false;
    }
    for (const id of lost) this.#entries.delete(id);
    return lost;
  }

  /**
   * After a resume: what had been applied before the line broke is known from the missed changes. A `set` of ours
   * that is among them must not be repeated, since somebody may have moved the fader since.
   * @param {Message[]} missed
   * @param {string} member who we were then
   * @returns {{id: number, frame: number}[]} commands settled by this
   */
  reconcile(missed, member) {
    const settled = [];
    for (const entry of this.#entries.values()) {
      const done = missed.find((change) => change.member === member && isSame(change, entry.message));
      if (done) settled.push({ id: entry.id, frame: Number(done.frame ?? 0) });
    }
    for (const { id } of settled) this.#entries.delete(id);
    return settled;
  }

  /** Give up on everything. @returns {number[]} ids */
  clear() {
    const ids = [...this.#entries.keys()];
    this.#entries.clear();
    return ids;
  }
}

/** @param {Message} message */
function isPlainSet(message) {
  return message.type === "set" && message.at_frame === undefined && message.at_beat === undefined && !message.ramp_s;
}

/** @param {Message} change @param {Message} command */
function isSame(change, command) {
  if (change.type !== "change" || command.type !== "set" || change.address !== command.address) return false;
  const [a, b] = [Number(change.value), Number(command.value)];
  return change.value === command.value || Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(a));
}
