// @ts-check
/** Players that go together: what is turned on one is turned on all, in one message, and is one step of undo. */
import { gestureOf } from "./gestures.js";

/** @typedef {import("./wiring.js").Part} Part */
/** @typedef {number | boolean | string} Value */

export class Gang {
  /** @param {(values: Record<string, any>, manner?: {gesture?: number}) => void} send values by address */
  constructor(send) {
    this.#send = send;
  }

  #send;
  /** @type {Part[]} */
  #parts = [];
  together = false;

  get parts() {
    return this.#parts;
  }

  /**
   * The part as a control turns it: alone, or all while they go together.
   * @param {Part} part
   * @returns {Part}
   */
  add(part) {
    this.#parts.push(part);
    return {
      ...part,
      get name() {
        return part.name;
      },
      turn: (parameter, value, gesture) => this.#turn(part, parameter, value, gesture),
      turnMany: (values) => (this.together ? this.turnAll(withoutSeed(values)) : part.turnMany(values)),
    };
  }

  /** @param {Part} part @param {string} parameter @param {Value} value @param {number} [gesture] */
  #turn(part, parameter, value, gesture) {
    if (!this.together) return part.turn(parameter, value, gesture);
    const whole = gesture ?? gestureOf(`all ${parameter}`);
    part.turn(parameter, value, whole);
    this.turnAll({ [parameter]: value }, { but: part, gesture: whole });
  }

  /**
   * The same values on every player.
   * @param {Record<string, Value>} values by parameter
   * @param {{but?: Part, gesture?: number}} [manner]
   */
  turnAll(values, { but, gesture } = {}) {
    const others = this.#parts.filter((part) => part !== but);
    if (others.length > 0) this.turnEach(() => values, { gesture, parts: others });
  }

  /**
   * To each player its own values.
   * @param {(part: Part, player: number) => Record<string, Value>} values by parameter
   * @param {{gesture?: number, parts?: Part[]}} [manner]
   */
  turnEach(values, { gesture, parts = this.#parts } = {}) {
    const all = parts.flatMap((part, player) => Object.entries(values(part, player)).map(([name, value]) => [`${part.owner}/${name}`, value]));
    this.#send(Object.fromEntries(all), gesture === undefined ? {} : { gesture });
  }
}

/** Each player keeps its own: with one seed all would play the same grains. @param {Record<string, Value>} values @returns {Record<string, Value>} */
function withoutSeed({ grain_seed: _, ...others }) {
  return others;
}
