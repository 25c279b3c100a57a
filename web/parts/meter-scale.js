// @ts-check

const TOP_DB = 6;
export const BOTTOM_DB = -60;

/**
 * Share of the height at a level: the upper 20 dB take two thirds.
 * @param {number} db
 */
export function meterPosition(db) {
  if (db <= BOTTOM_DB) return 0;
  if (db >= TOP_DB) return 1;
  return db < -20 ? ((db - BOTTOM_DB) / 40) * 0.34 : 0.34 + ((db + 20) / (TOP_DB + 20)) * 0.66;
}
