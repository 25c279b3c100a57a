// @ts-check
/**
 * The settings of a strip, taken and put elsewhere: all of its sound, but not whether it is heard now (mute, solo) and
 * not how it is wired (output, side-chain).
 */

/** @typedef {import("./wiring.js").Part} Part */
/** @typedef {import("./wiring.js").Value} Value */
/** @typedef {Record<string, Value>} Settings */

const STAYS = new Set(["mute", "solo", "output", "comp_key"]);
const KEY = "telharmonic.copied";

/** @param {Part} part @returns {Settings} */
export function settingsOf(part) {
  const names = Object.keys(part.rows).filter((name) => !STAYS.has(name));
  return Object.fromEntries(names.map((name) => [name, part.value(name)]));
}

/** @param {Part} part @param {Pick<Storage, "setItem">} store */
export function copy(part, store) {
  store.setItem(KEY, JSON.stringify(settingsOf(part)));
}

/**
 * What was copied last, by any page of this browser.
 * @param {Pick<Storage, "getItem">} store
 * @returns {Settings | null} null if there is nothing
 */
export function copied(store) {
  try {
    const kept = JSON.parse(store.getItem(KEY) ?? "null");
    return kept !== null && typeof kept === "object" && !Array.isArray(kept) ? kept : null;
  } catch {
    return null; // what others wrote
  }
}

/**
 * What must be turned so that a part has these settings; what it does not know is left out.
 * @param {Part} part
 * @param {Settings} settings
 * @returns {Settings}
 */
export function differences(part, settings) {
  const fits = (/** @type {string} */ name, /** @type {Value} */ value) =>
    name in part.rows && !STAYS.has(name) && typeof value === typeof part.rows[name].default && part.value(name) !== value;
  return Object.fromEntries(Object.entries(settings).filter(([name, value]) => fits(name, value)));
}
