// @ts-check
/** Players that go together: what is turned on one is turned on all, in one message. */

/** @typedef {import("./wiring.js").Part} Part */
/** @typedef {number | boolean | string} Value */

export class Gang {
  /** @param {(values: Record<string, any>) => void} send values by address */
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
      turn: (parameter, value) => this.#turn(part, parameter, value),
      turnMany: (values) => (this.together ? this.turnAll(values) : part.turnMany(values)),
    };
  }

  /** @param {Part} part @param {string} parameter @param {Value} value */
  #turn(part, parameter, value) {
    part.turn(parameter, value);
    if (this.together) this.turnAll({ [parameter]: value }, part);
  }

  /**
   * The same values on every player.
   * @param {Record<string, Value>} values by parameter
   * @param {Part} [but]
   */
  turnAll(values, but) {
    const all = this.#parts.filter((part) => part !== but).flatMap(({ owner }) => Object.entries(values).map(([name, value]) => [`${owner}/${name}`, value]));
    if (all.length > 0) this.#send(Object.fromEntries(all));
  }

  /**
   * One value each.
   * @param {string} parameter
   * @param {Value[]} values in the players' order
   */
  turnEach(parameter, values) {
    this.#send(Object.fromEntries(this.#parts.map(({ owner }, player) => [`${owner}/${parameter}`, values[player]])));
  }
}
