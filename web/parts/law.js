// @ts-check
/** How a parameter's way is divided, and how its value reads: all from its row of GET /api/parameters. */

/** @typedef {import("../../client/protocol.js").ParameterRow} Row of the parameter table */

export const SILENCE_DB = -120;

/** Where a long-throw fader has its decibels: [dB below the maximum, share of the way]. */
const THROW = [[0, 1], [12, 0.78], [22, 0.59], [32, 0.42], [42, 0.28], [52, 0.18], [72, 0.06]];

/** @param {Row} row */
export function range(row) {
  return { minimum: row.minimum ?? 0, maximum: row.maximum ?? 1 };
}

/** Whether the bottom of the way is silence. @param {Row} row */
export function reachesSilence(row) {
  return row.law === "db" && row.minimum === SILENCE_DB;
}

/**
 * Share of the way, 0 to 1, at a value.
 * @param {Row} row
 * @param {number} value
 */
export function toPosition(row, value) {
  const { minimum, maximum } = range(row);
  const inside = Math.min(maximum, Math.max(minimum, value));
  if (reachesSilence(row)) return throwPosition(maximum - inside, maximum - minimum);
  if (row.law === "log") return Math.log(inside / minimum) / Math.log(maximum / minimum);
  return (inside - minimum) / (maximum - minimum);
}

/**
 * Value at a share of the way.
 * @param {Row} row
 * @param {number} position
 */
export function toValue(row, position) {
  const { minimum, maximum } = range(row);
  const inside = Math.min(1, Math.max(0, position));
  if (reachesSilence(row)) return maximum - throwBelow(inside, maximum - minimum);
  if (row.law === "log") return minimum * (maximum / minimum) ** inside;
  return minimum + inside * (maximum - minimum);
}

/** @param {number} below dB under the maximum @param {number} whole dB from top to bottom */
function throwPosition(below, whole) {
  const points = [...THROW, [whole, 0]];
  for (let i = 1; i < points.length; i++) {
    const [[b0, p0], [b1, p1]] = [points[i - 1], points[i]];
    if (below <= b1) return p0 + ((below - b0) / (b1 - b0)) * (p1 - p0);
  }
  return 0;
}

/** @param {number} position @param {number} whole */
function throwBelow(position, whole) {
  const points = [...THROW, [whole, 0]];
  for (let i = 1; i < points.length; i++) {
    const [[b0, p0], [b1, p1]] = [points[i - 1], points[i]];
    if (position >= p1) return b0 + ((p0 - position) / (p0 - p1)) * (b1 - b0);
  }
  return whole;
}

/**
 * One key press on: in the parameter's own unit where that is what one thinks in.
 * @param {Row} row
 * @param {number} value
 * @param {number} steps
 */
export function stepped(row, value, steps) {
  const { minimum, maximum } = range(row);
  if (reachesSilence(row) && value <= minimum && steps > 0) return maximum - THROW[THROW.length - 1][0];
  const next = row.law === "db" ? value + 0.5 * steps : toValue(row, toPosition(row, value) + 0.02 * steps);
  if (reachesSilence(row) && next < maximum - 84) return minimum;
  return Math.min(maximum, Math.max(minimum, next));
}

/**
 * What stands on the display.
 * @param {Row} row
 * @param {number} value
 */
export function reading(row, value) {
  if (row.name === "pan") return panReading(value);
  if (reachesSilence(row) && value <= SILENCE_DB) return "−∞";
  const digits = row.law === "db" ? 1 : value >= 100 ? 0 : 2;
  const sign = row.law === "db" && Number(value.toFixed(digits)) > 0 ? "+" : "";
  return sign + value.toFixed(digits).replace("-", "−");
}

/**
 * What a screen reader says.
 * @param {Row} row
 * @param {number} value
 */
export function spoken(row, value) {
  if (row.name === "pan") return panSpoken(value);
  if (reachesSilence(row) && value <= SILENCE_DB) return "silence";
  const digits = row.law === "db" ? 1 : value >= 100 ? 0 : 2;
  return `${value.toFixed(digits)} ${row.unit}`.trim();
}

/** @param {number} value */
function panReading(value) {
  const percent = Math.round(Math.abs(value) * 100);
  return percent === 0 ? "C" : `${value < 0 ? "L" : "R"}${percent}`;
}

/** @param {number} value */
function panSpoken(value) {
  const percent = Math.round(Math.abs(value) * 100);
  return percent === 0 ? "centre" : `${percent} percent ${value < 0 ? "left" : "right"}`;
}

/**
 * The number that somebody typed; null if it is none or not allowed.
 * @param {Row} row
 * @param {string} text
 */
export function typed(row, text) {
  const plain = text.trim().replace("−", "-").replace(",", ".").replace(/\s*[a-z]*$/i, "");
  if (reachesSilence(row) && /^-?\s*(inf|∞|oo)/i.test(text.trim().replace("−", "-"))) return SILENCE_DB;
  const value = Number(plain);
  const { minimum, maximum } = range(row);
  return plain !== "" && value >= minimum && value <= maximum ? value : null;
}
