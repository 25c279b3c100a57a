// @ts-check
/** What becomes of clouds' values: by chance, spread over players, on the way from one stored cloud to another. */
import { between, range, tidy, toValue } from "./law.js";

/** @typedef {import("./law.js").Row} Row */
/** @typedef {Record<string, Row>} Rows by parameter */
/** @typedef {Record<string, number>} Values by parameter */

/** The paper's own sliders, in its order, and how fast the scan goes. */
export const FRONT = [
  "grain_amp", "grain_pitch", "grain_pitch_spread", "grain_density", "grain_duration", "grain_position", "grain_position_mix",
  "grain_speed",
];
export const MORE = [
  "grain_position_spread", "grain_width", "grain_plateau", "grain_skew", "grain_jitter", "grain_pitch_shape", "grain_seed",
];
const FADE_DB = 12;

/** How chance divides a parameter's way: most of what a hand would choose lies low. @type {Record<string, (u: number) => number>} */
const WAYS = {
  grain_density: (u) => 0.002 + 0.25 * u ** 2,
  grain_pitch: (u) => 0.3 + 0.5 * u,
  grain_pitch_spread: (u) => 0.3 * u ** 3,
  grain_position_spread: (u) => 0.5 * u ** 3,
  grain_duration: (u) => 0.3 + 0.6 * u,
  grain_speed: (u) => 0.5 + 0.125 * (2 * u - 1),
};

/** Short names for those who see them. @param {Row} row */
export function shortLabel(row) {
  const short = /** @type {Record<string, string>} */ ({
    grain_pitch: "Pitch", grain_position_mix: "Scan/pos.", grain_position_spread: "Pos. spread", grain_pitch_shape: "Gathering",
    grain_plateau: "Plateau", grain_skew: "Skew", grain_width: "Width", grain_speed: "Speed",
  });
  return short[row.name] ?? row.label;
}

/**
 * A cloud by chance; its level stays.
 * @param {Rows} rows
 * @param {() => number} random in [0, 1)
 * @returns {Values}
 */
export function randomised(rows, random) {
  /** @type {Values} */
  const values = {};
  for (const name of [...FRONT, ...MORE]) {
    const row = rows[name];
    if (!row || name === "grain_amp") continue;
    const value = tidy(row, toValue(row, (WAYS[name] ?? ((u) => u))(random())));
    values[name] = name === "grain_seed" ? Math.floor(value) : value;
  }
  return values;
}

/**
 * As many values as there are players, evenly from one to another in the parameter's law.
 * @param {Row} row
 * @param {number} from
 * @param {number} to
 * @param {number} count
 */
export function spreadOut(row, from, to, count) {
  return Array.from({ length: count }, (_, player) => tidy(row, between(row, from, to, count > 1 ? player / (count - 1) : 0)));
}

/**
 * Where players' values stand between two stored sets: in each parameter's law, the seed in one step.
 * @param {(address: string) => Row | undefined} rowOf
 * @param {Values} from by address
 * @param {Values} to
 * @param {number} share 0 to 1
 * @returns {Values}
 */
export function morphed(rowOf, from, to, share) {
  /** @type {Values} */
  const values = {};
  for (const [address, start] of Object.entries(from)) {
    const [row, end] = [rowOf(address), to[address]];
    if (!row || end === undefined) continue;
    values[address] = row.name === "grain_seed" ? (share < 0.5 ? start : end) : throughGain(row, start, end, share);
  }
  return values;
}

/** Levels that come from silence rise from a little below the other. @param {Row} row @param {number} start @param {number} end @param {number} share */
function throughGain(row, start, end, share) {
  const { minimum } = range(row);
  if (row.law !== "db" || share === 0 || share === 1) return between(row, start, end, share);
  const lowest = Math.max(minimum, Math.max(start, end) - 4 * FADE_DB);
  return between(row, Math.max(lowest, start), Math.max(lowest, end), share);
}

/**
 * Where grains begin, 0 to 1, and how far around it, as the server mixes them.
 * @param {Values} values by parameter
 * @param {number} scan 0 to 1
 */
export function cloudPlace({ grain_position: position, grain_position_mix: mix, grain_position_spread: spread }, scan) {
  return { middle: mix * position + (1 - mix) * scan, spread };
}

/**
 * In pieces that one message may hold.
 * @param {Values} values
 * @param {number} most
 * @returns {Values[]}
 */
export function pieces(values, most = 500) {
  const entries = Object.entries(values);
  const made = [];
  for (let at = 0; at < entries.length; at += most) made.push(Object.fromEntries(entries.slice(at, at + most)));
  return made;
}
