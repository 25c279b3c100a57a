// @ts-check
/** The scale that stands beside a fader, on which its meter is read as well. */
import { range, toPosition } from "./law.js";

/** @typedef {import("./law.js").Row} Row */

export const BOTTOM_DB = -60;
export const INSET_PX = 14; // half the fader's cap: its way ends so far from the ends of what it lies in
export const REDUCTION_WHOLE_DB = 24; // what fills a bar of gain reduction, on a strip and in its panel
const MARKS_DB = [12, 6, 0, -5, -10, -20, -30, -40, -60];

/** What stands on the scale. @param {Row} row the fader's */
export function marks(row) {
  const { minimum, maximum } = range(row);
  return MARKS_DB.filter((db) => db >= minimum && db <= maximum);
}

/**
 * How high a level stands beside the fader's scale, px from below.
 * @param {Row} row the fader's
 * @param {number} db
 * @param {number} heightPx of the meter, which is as long as what the fader lies in
 */
export function meterHeight(row, db, heightPx) {
  if (db <= BOTTOM_DB) return 0;
  return Math.min(heightPx, INSET_PX + toPosition(row, Math.min(db, range(row).maximum)) * (heightPx - 2 * INSET_PX));
}
