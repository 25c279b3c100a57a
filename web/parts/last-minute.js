// @ts-check
/** How much counters grew in the last minute. */

const MINUTE_MS = 60_000;

/** @template {string} Name */
export class LastMinute {
  /** @param {readonly Name[]} names */
  constructor(names) {
    this.#names = names;
  }

  #names;
  /** @type {{atMs: number, counts: Record<Name, number>}[]} */
  #looks = [];

  /**
   * Look at the counters now. One that fell was begun anew, and counts from nought.
   * @param {number} nowMs
   * @param {Record<Name, number>} counts
   * @returns {Record<Name, number>} growth since a minute ago, or since the first look
   */
  take(nowMs, counts) {
    const last = this.#looks.at(-1);
    if (last && this.#names.some((name) => counts[name] < last.counts[name])) this.#looks = [];
    this.#looks.push({ atMs: nowMs, counts: { ...counts } });
    while (this.#looks.length > 1 && this.#looks[1].atMs <= nowMs - MINUTE_MS) this.#looks.shift();
    const first = this.#looks[0].counts;
    return /** @type {Record<Name, number>} */ (
      Object.fromEntries(this.#names.map((name) => [name, counts[name] - first[name]]))
    );
  }
}
