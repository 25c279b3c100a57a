// @ts-check
/** Which columns are unfolded, remembered by this browser for each session's name. */

/** @typedef {Pick<Storage, "getItem" | "setItem">} Store */

const LIMIT = 256; // columns remembered

export class Folding {
  /**
   * @param {string} session name
   * @param {Store} store
   */
  constructor(session, store) {
    this.#key = `telharmonic.unfolded.${session}`;
    this.#store = store;
    this.#unfolded = this.#read();
  }

  #key;
  #store;
  #unfolded;

  /** @returns {Map<string, boolean>} */
  #read() {
    try {
      const kept = JSON.parse(this.#store.getItem(this.#key) ?? "[]");
      return new Map(Array.isArray(kept) ? kept.filter((pair) => Array.isArray(pair) && pair.length === 2) : []);
    } catch {
      return new Map(); // what others wrote, or a browser that keeps nothing
    }
  }

  /** @param {string} owner @param {boolean} [otherwise] if nothing is remembered */
  isUnfolded(owner, otherwise = false) {
    return this.#unfolded.get(owner) ?? otherwise;
  }

  /** @param {string} owner @param {boolean} unfolded */
  keep(owner, unfolded) {
    this.#unfolded.delete(owner);
    this.#unfolded.set(owner, unfolded);
    const newest = [...this.#unfolded].slice(-LIMIT);
    try {
      this.#store.setItem(this.#key, JSON.stringify(newest));
    } catch {
      // a browser that keeps nothing: it is unfolded until the page is left
    }
  }
}
