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

/** Whether there is nothing between two whole numbers. @param {Row} row */
export function isWhole(row) {
  return row.name === "grain_seed";
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
 * Values that one can read: a tenth of a dB, three figures of what is logarithmic, a hundredth of the rest, or of its
 * whole way if that is short.
 * @param {Row} row
 * @param {number} value
 */
export function tidy(row, value) {
  if (row.law === "db") return Math.round(value * 10) / 10;
  if (isWhole(row)) return Math.round(value);
  if (row.law === "log") return Number(value.toPrecision(3));
  const { minimum, maximum } = range(row);
  const step = Math.max(row.unit === "s" ? 1000 : 100, 10 ** Math.ceil(2 - Math.log10(maximum - minimum)));
  const rounded = Math.round(value * step) / step;
  return row.name === "pan" && Math.abs(rounded) < 0.02 ? 0 : rounded;
}

/**
 * The value that lies between two, as the server ramps it: linear in the parameter's law.
 * @param {Row} row
 * @param {number} from
 * @param {number} to
 * @param {number} share 0 to 1
 */
export function between(row, from, to, share) {
  if (row.law === "log" && from > 0 && to > 0) return from * (to / from) ** share;
  return from + (to - from) * share;
}

/**
 * A unit in which the value is short: ms below a second, kHz from a thousand Hz.
 * @param {Row} row
 * @param {number} value
 * @returns {{factor: number, unit: string}} factor from the parameter's own unit
 */
function shortUnit(row, value) {
  if (row.unit === "s" && value < 0.9995) return { factor: 1000, unit: "ms" };
  if (row.unit === "Hz" && value >= 999.5) return { factor: 0.001, unit: "kHz" };
  return { factor: 1, unit: row.unit };
}

/** Three figures, without an exponent; of small values the third decimal if there is one. @param {number} value */
function threeFigures(value) {
  const size = Math.abs(value);
  if (size < 0.0995) return value.toFixed(3).replace(/0$/, "");
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

/**
 * What stands on the display of a field that has no room for a unit.
 * @param {Row} row
 * @param {number} value
 */
export function reading(row, value) {
  if (row.name === "pan") return panReading(value);
  if (isWhole(row)) return String(Math.round(value));
  if (reachesSilence(row) && value <= SILENCE_DB) return "−∞";
  if (row.law !== "db") return threeFigures(value * shortUnit(row, value).factor).replace("-", "−");
  const sign = Number(value.toFixed(1)) > 0 ? "+" : "";
  return sign + value.toFixed(1).replace(/^-(?=0\.0$)/, "").replace("-", "−");
}

/**
 * The same with its unit.
 * @param {Row} row
 * @param {number} value
 */
export function display(row, value) {
  const { unit } = shortUnit(row, value);
  const gap = unit.startsWith(":") ? "" : "\u202f";
  return unit === "" || row.name === "pan" ? reading(row, value) : `${reading(row, value)}${gap}${unit}`;
}

/**
 * What a screen reader says.
 * @param {Row} row
 * @param {number} value
 */
export function spoken(row, value) {
  if (row.name === "pan") return panSpoken(value);
  if (reachesSilence(row) && value <= SILENCE_DB) return "silence";
  if (row.law === "db") return `${value.toFixed(1)} ${row.unit}`.trim();
  const { factor, unit } = shortUnit(row, value);
  return `${threeFigures(value * factor)} ${unit.replace(/^:/, "to ")}`.trim();
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

/** Units that one may write, by the parameter's own, and how much of that they are. @type {Record<string, Record<string, number>>} */
const UNITS = {
  hz: { k: 1000, khz: 1000 }, s: { ms: 0.001 }, "": { "%": 0.01 }, dbtp: { db: 1 }, ":1": {},
};

/**
 * The number that somebody typed; null if it is none or not allowed. Without a unit it is in the one that stands
 * there, if it is allowed so, and else in the parameter's own.
 * @param {Row} row
 * @param {string} text
 * @param {number} [current] value that stands there
 */
export function typed(row, text, current = Number(row.default)) {
  const plain = text.trim().toLowerCase().replace("−", "-").replace(",", ".").replace(/[\s\u202f]/g, "");
  if (reachesSilence(row) && /^-(inf|infinity|∞|oo)$/.test(plain.replace(/db$/, ""))) return SILENCE_DB;
  if (row.name === "pan") return typedPan(row, plain);
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+))(.*)$/.exec(plain);
  if (!found) return null;
  const [, digits, suffix] = found;
  const own = row.unit.toLowerCase();
  const unit = suffix === own ? 1 : (UNITS[own]?.[suffix] ?? null);
  const factors = suffix === "" ? [1 / shortUnit(row, current).factor, 1] : unit === null ? [] : [unit];
  return factors.map((factor) => Number(digits) * factor).find((value) => isAllowed(row, value)) ?? null;
}

/** @param {Row} row @param {number} value */
function isAllowed(row, value) {
  const { minimum, maximum } = range(row);
  return value >= minimum && value <= maximum;
}

/** C, L50, R20 or a number from -1 to 1. @param {Row} row @param {string} plain */
function typedPan(row, plain) {
  if (plain === "c") return 0;
  const found = /^([lr])(\d+\.?\d*)%?$/.exec(plain);
  const value = found ? (Number(found[2]) / 100) * (found[1] === "l" ? -1 : 1) : Number(plain);
  return plain !== "" && isAllowed(row, value) ? value : null;
}
