// @ts-check
/** Where frequencies and decibels lie in an EQ's drawing, as shares of its width and height. */

export const LOWEST_HZ = 20;
export const HIGHEST_HZ = 20000;
export const WHOLE_DB = 20; // from the middle to the top
const SPECTRUM_BOTTOM_DB = -84;
const SPECTRUM_TOP_DB = 0;
const BANDS_BELOW_1K = 17; // the spectrum's first band is 10^(-17/10) kHz

/** @param {number} freqHz */
export function across(freqHz) {
  return Math.log(freqHz / LOWEST_HZ) / Math.log(HIGHEST_HZ / LOWEST_HZ);
}

/** @param {number} share */
export function frequencyAt(share) {
  return LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** share;
}

/** From the top. @param {number} gainDb */
export function down(gainDb) {
  return 0.5 - Math.min(WHOLE_DB, Math.max(-WHOLE_DB, gainDb)) / (2 * WHOLE_DB);
}

/** Height of a spectrum's bar. @param {number} db */
export function barHeight(db) {
  return Math.min(1, Math.max(0, (db - SPECTRUM_BOTTOM_DB) / (SPECTRUM_TOP_DB - SPECTRUM_BOTTOM_DB)));
}

/** Edges of a third-octave band (IEC 61260-1, base 10). @param {number} index @returns {[number, number]} Hz */
export function bandEdges(index) {
  const centre = 1000 * 10 ** ((index - BANDS_BELOW_1K) / 10);
  return [centre * 10 ** -0.05, centre * 10 ** 0.05];
}
