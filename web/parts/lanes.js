// @ts-check
/**
 * What automation does to the controls: while the song plays, each stands where its lane is at what is heard now. A hand
 * wins until a second after its last move, and then the control goes back to its lane, as the server does it.
 */
import { between } from "./lane-curve.js";

/** @typedef {import("./law.js").Row} Row */
/** @typedef {import("./lane-curve.js").Point} Point */

const REST_MS = 1000; // docs/protocol.md, Automation
const RETURN_MS = 250;

/**
 * A lane's value at a moment.
 * @param {Row} row
 * @param {Point[]} points at least one
 * @param {number} positionS
 * @returns {Point[1]}
 */
export function laneValue(row, points, positionS) {
  let [low, high] = [0, points.length]; // the first point behind the position is in between
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle][0] <= positionS) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [points[Math.max(0, low - 1)], points[low]];
  if (low === 0 || !after || typeof before[1] !== "number") return before[1];
  const share = (positionS - before[0]) / (after[0] - before[0]);
  return between(row, before[1], Number(after[1]), share);
}

export class Lanes {
  /** @param {Pick<import("../../client/session.js").Session, "state" | "position">} session */
  constructor(session) {
    this.#session = session;
  }

  #session;
  /** @type {Map<string, {fromMs: number, value: number | null}>} hands that have moved: since when the lane takes it back, and from where */
  #turned = new Map();

  /** Whether anything moves by itself now. */
  get moving() {
    const { lanes = {}, transport } = this.#session.state;
    return transport.playing && Object.keys(lanes).length > 0;
  }

  /** Somebody turned it, over a ramp. @param {string} address @param {number} nowMs @param {number} [rampS] */
  turned(address, nowMs, rampS = 0) {
    if (this.#session.state.lanes?.[address]) this.#turned.set(address, { fromMs: nowMs + 1000 * rampS + REST_MS, value: null });
  }

  /**
   * Where the lanes stand, but for those that a hand has turned just now.
   * @param {number} nowMs
   * @param {(address: string) => {row: Row, shown: any} | null} known the parameters that somebody looks at
   * @param {(address: string, value: Point[1]) => void} show
   */
  follow(nowMs, known, show) {
    const { position, state } = this.#session;
    for (const [address, points] of Object.entries(state.lanes ?? {})) {
      const control = known(address);
      if (!control || points.length === 0) continue;
      const value = laneValue(control.row, points, position);
      const next = typeof value === "number" ? this.#returning(address, nowMs, control, value) : value;
      if (next !== null && next !== control.shown) show(address, next);
    }
  }

  /** @param {string} address @param {number} nowMs @param {{row: Row, shown: any}} control @param {number} value */
  #returning(address, nowMs, { row, shown }, value) {
    const turned = this.#turned.get(address);
    if (!turned) return value;
    if (nowMs < turned.fromMs) return null;
    turned.value ??= Number(shown);
    const share = (nowMs - turned.fromMs) / RETURN_MS;
    if (share < 1) return between(row, turned.value, value, share);
    this.#turned.delete(address);
    return value;
  }
}
