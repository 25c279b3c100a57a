// @ts-check
/** MIDI controllers on parameters: what a message means, how it takes hold of a value, and the mapping as a file. */
import { toPosition, toValue } from "./law.js";

/** @typedef {import("./law.js").Row} Row */
/** @typedef {{key: string, position: number}} Moved key: channel and number of a controller or note */

const NEAR = 0.03; // of the way: so close a controller takes hold
const GRIP_MS = 1000; // so long it keeps hold, whatever the server has answered by then
const FORMAT = "telharmonic-midi-1";
const LIMIT = 512;

/**
 * @param {Uint8Array} bytes of one message
 * @returns {Moved | null} null for what is no controller and no note
 */
export function readMidi(bytes) {
  const [status, number, value] = bytes;
  const channel = (status & 15) + 1;
  switch (status & 0xf0) {
    case 0xb0:
      return { key: `channel ${channel} controller ${number}`, position: value / 127 };
    case 0x90:
      return { key: `channel ${channel} note ${number}`, position: value > 0 ? 1 : 0 };
    case 0x80:
      return { key: `channel ${channel} note ${number}`, position: 0 };
    case 0xe0:
      return { key: `channel ${channel} pitch bend`, position: (number + 128 * value) / 16383 };
    default:
      return null;
  }
}

export class MidiMap {
  /** @type {Map<string, string>} addresses by key */
  #addresses = new Map();
  /** @type {Map<string, number>} where each controller was last */
  #positions = new Map();
  /** @type {Map<string, number>} when each set its value last */
  #heldMs = new Map();

  /** @returns {[string, string][]} keys and addresses */
  get entries() {
    return [...this.#addresses];
  }

  /** Whether it turns something. @param {string} key */
  has(key) {
    return this.#addresses.has(key);
  }

  /** @param {string} key @param {string} address */
  learn(key, address) {
    if (this.#addresses.size < LIMIT || this.#addresses.has(key)) this.#addresses.set(key, address);
  }

  /** @param {string} key */
  forget(key) {
    this.#addresses.delete(key);
    this.#positions.delete(key);
  }

  /**
   * What to set. A controller that stands elsewhere than the value takes hold only when it passes it, so that
   * nothing jumps; a switch turns over when it is pressed.
   * @param {Moved} moved
   * @param {(address: string) => {row: Row, value: unknown} | null} find
   * @param {number} nowMs
   * @returns {{address: string, value: number | boolean} | null}
   */
  take({ key, position }, find, nowMs) {
    const address = this.#addresses.get(key);
    const found = address === undefined ? null : find(address);
    const before = this.#positions.get(key) ?? position;
    this.#positions.set(key, position);
    if (!found || address === undefined) return null;
    const { row, value } = found;
    if (row.law === "switch") return before < 0.5 && position >= 0.5 ? { address, value: !value } : null;
    if (typeof value !== "number") return null;
    const stands = toPosition(row, value);
    const near = Math.abs(before - stands) <= NEAR || Math.abs(position - stands) <= NEAR;
    const passes = (before - stands) * (position - stands) <= 0;
    const held = nowMs - (this.#heldMs.get(key) ?? Number.NEGATIVE_INFINITY) < GRIP_MS;
    if (!near && !passes && !held) return null;
    this.#heldMs.set(key, nowMs);
    return { address, value: Number(toValue(row, position).toPrecision(6)) };
  }

  /** As text for a file. */
  toText() {
    return JSON.stringify({ format: FORMAT, controllers: Object.fromEntries(this.#addresses) }, null, 2);
  }

  /**
   * @param {string} text of `toText`
   * @throws {Error} if it is none
   */
  fromText(text) {
    /** @type {any} */
    let read;
    try {
      read = JSON.parse(text);
    } catch {
      throw new Error("this file is no MIDI mapping: it is not JSON");
    }
    const pairs = Object.entries(read?.controllers ?? {});
    if (read?.format !== FORMAT) throw new Error(`this file is no MIDI mapping: its format is not ${FORMAT}`);
    if (pairs.length > LIMIT || !pairs.every(([key, address]) => key.length < 64 && typeof address === "string")) {
      throw new Error(`this MIDI mapping is broken; allowed are ${LIMIT} controllers, each with an address`);
    }
    this.#addresses = new Map(/** @type {[string, string][]} */ (pairs));
    this.#positions.clear();
  }
}

/**
 * The row of an address.
 * @param {Record<string, Record<string, Row>>} table by kind of owner and name
 * @param {{id: string, kind: string}[]} auxes
 * @param {string} address
 * @returns {Row | null}
 */
export function rowOf(table, auxes, address) {
  const parts = address.split("/");
  const [owner, second, third] = parts;
  if (parts.length === 2) return table[owner]?.[second] ?? null;
  if (parts.length === 4) return table.send?.[third] ?? null;
  const kind = owner === "aux" ? auxes.find(({ id }) => id === second)?.kind : "strip";
  return (kind && table[kind]?.[third]) || null;
}
