// @ts-check
/** Automation lanes as drawn: between two points a value goes straight in its own law, a switch waits for the next. */
import { range, toPosition } from "./law.js";

/** @typedef {import("./law.js").Row} Row */
/** @typedef {[number, number | boolean | string]} Point second, value */

const PIECES = 8; // of a stretch: decibels are not straight on a fader's way

/** Whether a lane of it can be drawn. @param {Row | null} row @returns {row is Row} */
export const drawable = (row) => row !== null && row.law !== "choice";

/** @param {Row} row @param {Point[1]} value @returns {number} share of the height */
export function heightOf(row, value) {
  return row.law === "switch" ? Number(Boolean(value)) : toPosition(row, Number(value));
}

/**
 * @param {Row} row
 * @param {number} from
 * @param {number} to
 * @param {number} share of the way from one to the other
 */
export function between(row, from, to, share) {
  if (row.law === "switch") return from;
  if (row.law === "log") return from * (to / from) ** share;
  return from + (to - from) * share;
}

/**
 * The line through a lane's points, before the first and after the last one level.
 * @param {Row} row
 * @param {Point[]} points
 * @param {number} startS
 * @param {number} endS
 * @returns {[number, number][]} seconds and shares of the height
 */
export function curve(row, points, startS, endS) {
  if (points.length === 0) return [];
  /** @type {[number, number][]} */
  const line = [[Math.min(startS, points[0][0]), heightOf(row, points[0][1])]];
  points.forEach(([at, value], n) => {
    line.push([at, heightOf(row, value)]);
    const next = points[n + 1];
    if (next && row.law === "switch") line.push([next[0], heightOf(row, value)]);
    for (let piece = 1; next && row.law !== "switch" && piece < PIECES; piece++) {
      const share = piece / PIECES;
      line.push([at + (next[0] - at) * share, heightOf(row, between(row, Number(value), Number(next[1]), share))]);
    }
  });
  const last = points[points.length - 1];
  line.push([Math.max(endS, last[0]), heightOf(row, last[1])]);
  return line;
}

/**
 * Where a point may stand: between its neighbours, a millisecond from each.
 * @param {Point[]} points
 * @param {number} index
 * @param {number} seconds
 * @param {number} durationS
 */
export function besideNeighbours(points, index, seconds, durationS) {
  const from = index > 0 ? points[index - 1][0] + 0.001 : 0;
  const to = index < points.length - 1 ? points[index + 1][0] - 0.001 : durationS;
  return Math.round(Math.min(to, Math.max(from, seconds)) * 1000) / 1000;
}

/** A value that one can read. @param {Row} row @param {number} value */
export function rounded(row, value) {
  if (row.law === "switch") return value >= 0.5;
  const { minimum, maximum } = range(row);
  return Math.min(maximum, Math.max(minimum, Number(value.toPrecision(4))));
}
