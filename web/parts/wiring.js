// @ts-check
/**
 * Between the session's values and the controls that show them. Any number of controls may show one address; one's
 * own moves are shown by all of them at once, those of others glide in, as the server ramps them, and automation's as
 * they are heard.
 */
import { drawEachFrame } from "./frames.js";
import { Hands } from "./hands.js";
import { Lanes } from "./lanes.js";
import { between } from "./law.js";

/** @typedef {import("./law.js").Row} Row */
/** @typedef {number | boolean | string} Value */
/** @typedef {(value: any) => void} Show */
/** @typedef {{from: number, to: number, shareDone: number, seconds: number}} Glide */

/**
 * What the controls of one strip, aux or master need.
 * @typedef {object} Part
 * @property {string} owner its address, as `strip/1`
 * @property {string} name as people call it now
 * @property {(show: (name: string) => void) => void} named be shown the name now, and whenever any column is called otherwise
 * @property {Record<string, Row>} rows of the parameter table, by parameter; sends as `send/hall`
 * @property {(parameter: string) => Value} value that the session has
 * @property {(parameter: string, show: Show) => void} on be shown the value now and whenever it changes
 * @property {(parameter: string, value: Value, gesture?: number) => void} turn what is turned in one gesture is one step of undo
 * @property {(values: Record<string, Value>) => void} turnMany all or none, one step of undo
 * @property {(parameter: string, held: boolean) => void} hold
 * @property {boolean} mayTurn a listener only looks
 */

export const GLIDE_S = 0.15;

export class Wiring {
  /**
   * @param {import("../../client/session.js").Session} session
   * @param {(text: string) => void} tell what was refused, and why
   */
  constructor(session, tell) {
    this.#session = session;
    this.#tell = tell;
    this.#hands = new Hands(session, (address) => this.#showNow(address, this.#value(address)));
    this.#lanes = new Lanes(session);
    document.addEventListener("refused", (event) => tell(/** @type {CustomEvent<string>} */ (event).detail)); // by a typed field
    session.on("state", () => this.#showAll());
    for (const event of /** @type {const} */ (["state", "transport", "lanes"])) session.on(event, () => this.#followLanes());
    session.on("change", ({ address, value, ramp_s }) => this.#told(address, value, ramp_s));
  }

  #session;
  #tell;
  #hands;
  #lanes;
  /** @type {Map<string, string>} by owner */
  #names = new Map();
  /** @type {Set<() => void>} */
  #showNames = new Set();
  /** @type {Map<string, {row: Row, shows: Show[]}>} */
  #known = new Map();
  /** @type {Map<string, Value>} what the controls show */
  #shown = new Map();
  /** @type {Map<string, Glide>} */
  #glides = new Map();
  /** @type {(() => void) | null} */
  #stop = null;
  /** @type {(() => void) | null} */
  #leave = null;

  /**
   * @param {string} owner
   * @param {string} name
   * @param {Record<string, Row>} rows
   * @returns {Part}
   */
  part(owner, name, rows) {
    const at = (/** @type {string} */ parameter) => `${owner}/${parameter}`;
    this.#names.set(owner, name);
    const names = this.#names;
    return {
      owner,
      get name() {
        return names.get(owner) ?? "";
      },
      named: (show) => {
        const showName = () => show(names.get(owner) ?? "");
        this.#showNames.add(showName);
        showName();
      },
      rows,
      value: (parameter) => this.#value(at(parameter)) ?? rows[parameter].default,
      on: (parameter, show) => this.#add(at(parameter), rows[parameter], show),
      turn: (parameter, value, gesture) => this.#turn(at(parameter), value, gesture),
      turnMany: (values) => this.#turnMany(Object.fromEntries(Object.entries(values).map(([name, value]) => [at(name), value]))),
      mayTurn: this.#session.role !== "listener",
      hold: (parameter, held) => this.#hands.hold(at(parameter), held),
    };
  }

  /** Columns are called otherwise. @param {Iterable<[string, string]>} names by owner */
  rename(names) {
    for (const [owner, name] of names) this.#names.set(owner, name);
    for (const show of this.#showNames) show();
  }

  /** @param {string} address @returns {Value} */
  #value(address) {
    return this.#session.state.values[address];
  }

  /** @param {string} address @param {Row} row @param {Show} show */
  #add(address, row, show) {
    const known = this.#known.get(address) ?? { row, shows: [] };
    known.shows.push(show);
    this.#known.set(address, known);
    const value = this.#shown.get(address) ?? this.#value(address) ?? row.default;
    this.#shown.set(address, value);
    show(value);
  }

  /** @param {string} address @param {Value} value @param {number} [gesture] */
  #turn(address, value, gesture) {
    this.#showNow(address, value);
    this.#lanes.turned(address, performance.now());
    this.#hands.turn(address, value, gesture).catch((error) => this.#tell(error.message));
  }

  /** @param {Record<string, Value>} values by address */
  #turnMany(values) {
    if (Object.keys(values).length === 0) return;
    this.#session.sendCommand({ type: "set_many", values }).catch((error) => this.#tell(error.message));
  }

  #showAll() {
    for (const address of this.#known.keys()) {
      if (!this.#hands.busy(address)) this.#showNow(address, this.#value(address));
    }
  }

  /** @param {string} address @param {Value | undefined} value */
  #showNow(address, value) {
    this.#glides.delete(address);
    if (value !== undefined) this.#show(address, value);
  }

  /** @param {string} address @param {Value} value */
  #show(address, value) {
    this.#shown.set(address, value);
    for (const show of this.#known.get(address)?.shows ?? []) show(value);
  }

  /** @param {string} address @param {Value} value @param {number} rampS */
  #told(address, value, rampS) {
    this.#lanes.turned(address, performance.now(), rampS);
    const known = this.#known.get(address);
    if (!known || this.#hands.busy(address)) return;
    const from = this.#shown.get(address);
    if (typeof value !== "number" || typeof from !== "number" || wantsStillness()) return this.#showNow(address, value);
    this.#glides.set(address, { from, to: value, shareDone: 0, seconds: Math.max(GLIDE_S, rampS) });
    this.#stop ??= drawEachFrame((passedS) => this.#glide(passedS));
  }

  /** While lanes move their parameters, the server tells no changes. */
  #followLanes() {
    if (this.#lanes.moving) this.#leave ??= drawEachFrame(() => this.#followNow());
    else {
      this.#leave?.();
      this.#leave = null;
    }
  }

  #followNow() {
    const known = (/** @type {string} */ address) => {
      const each = this.#known.get(address);
      return each && !this.#hands.busy(address) && !this.#glides.has(address) ? { row: each.row, shown: this.#shown.get(address) } : null;
    };
    this.#lanes.follow(performance.now(), known, (address, value) => this.#show(address, value));
  }

  /** @param {number} passedS */
  #glide(passedS) {
    for (const [address, glide] of this.#glides) {
      glide.shareDone = Math.min(1, glide.shareDone + passedS / glide.seconds);
      if (this.#hands.busy(address) || glide.shareDone === 1) this.#glides.delete(address);
      if (this.#hands.busy(address)) continue;
      const { row } = /** @type {{row: Row}} */ (this.#known.get(address));
      this.#show(address, glide.shareDone === 1 ? glide.to : between(row, glide.from, glide.to, glide.shareDone));
    }
    if (this.#glides.size > 0) return;
    this.#stop?.();
    this.#stop = null;
  }
}

function wantsStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
