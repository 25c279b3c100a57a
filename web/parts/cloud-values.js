// @ts-check
/** What becomes of clouds' values: by chance, spread over players, on the way from one stored cloud to another. */
import { between, isWhole, range, tidy, toValue } from "./law.js";

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

/** What a pad may turn. @param {Rows} rows */
export const padNames = (rows) => [...FRONT, ...MORE].filter((name) => name in rows && name !== "grain_seed");

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
    values[name] = tidy(row, toValue(row, (WAYS[name] ?? ((u) => u))(random())));
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
    if (share === 0 || share === 1 || isWhole(row)) values[address] = share < 0.5 ? start : end;
    else values[address] = Number(throughGain(row, start, end, share).toPrecision(6)); // short to send
  }
  return values;
}

/** Levels that come from silence rise from a little below the other. @param {Row} row @param {number} start @param {number} end @param {number} share */
function throughGain(row, start, end, share) {
  const { minimum } = range(row);
  if (row.law !== "db") return between(row, start, end, share);
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

const PIECE_BYTES = 12_000; // the server takes 16384 in a message
const PIECE_ENTRIES = 500; // and 512 settings
const utf8 = new TextEncoder();

/**
 * In pieces that one message may hold.
 * @param {Values} values
 * @returns {Values[]}
 */
export function pieces(values) {
  /** @type {Values[]} */
  const made = [];
  let [bytes, entries] = [PIECE_BYTES, PIECE_ENTRIES];
  for (const [address, value] of Object.entries(values)) {
    const more = utf8.encode(JSON.stringify({ [address]: value })).length;
    if (bytes + more > PIECE_BYTES || entries === PIECE_ENTRIES) {
      made.push({});
      [bytes, entries] = [0, 0];
    }
    made[made.length - 1][address] = value;
    bytes += more;
    entries++;
  }
  return made;
}

/**
 * A part for a hand that points at places: the cloud goes there, and no longer with the scan.
 * @template {Pick<import("./wiring.js").Part, "turn">} P
 * @param {P} part
 * @returns {P}
 */
export function placing(part) {
  let placed = -1;
  const turn = /** @type {P["turn"]} */ ((name, value, gesture) => {
    part.turn(name, value, gesture);
    if (name !== "grain_position" || gesture === placed) return;
    placed = gesture ?? -1;
    part.turn("grain_position_mix", 1, gesture);
  });
  return Object.create(part, { turn: { value: turn } });
}
