// @ts-check
/** Which stretch of the time line is seen, and how: arithmetic without a page, in seconds and shares of the width. */

const LEAST_S = 0.25;
const STEPS_S = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
const LEAST_TICK_PX = 64;
const AHEAD = 0.1; // share of the stretch that is left behind the playhead when the view turns its page

export class TimeView {
  /** @param {number} durationS of the song */
  constructor(durationS) {
    this.durationS = Math.max(1, durationS);
    this.startS = 0;
    this.spanS = this.durationS;
  }

  get endS() {
    return this.startS + this.spanS;
  }

  /** Whether all is seen. */
  get whole() {
    return this.spanS >= this.durationS;
  }

  /** @param {number} seconds @returns {number} share of the width; outside 0 to 1 it is not seen */
  toShare(seconds) {
    return (seconds - this.startS) / this.spanS;
  }

  /** @param {number} share of the width @returns {number} seconds within the song */
  toTime(share) {
    return Math.min(this.durationS, Math.max(0, this.startS + share * this.spanS));
  }

  /**
   * See more or less, with one moment staying where it is.
   * @param {number} factor above 1: closer
   * @param {number} aroundS
   */
  zoom(factor, aroundS) {
    const share = this.toShare(aroundS);
    this.spanS = Math.min(this.durationS, Math.max(LEAST_S, this.spanS / factor));
    this.#startAt(aroundS - share * this.spanS);
  }

  /** @param {number} bySeconds */
  scroll(bySeconds) {
    this.#startAt(this.startS + bySeconds);
  }

  fit() {
    this.startS = 0;
    this.spanS = this.durationS;
  }

  /**
   * Turn the page when the playhead leaves it.
   * @param {number} seconds
   * @returns {boolean} whether the view moved
   */
  follow(seconds) {
    const share = this.toShare(seconds);
    if (this.whole || (share >= 0 && share <= 1)) return false;
    const before = this.startS;
    this.#startAt(seconds - AHEAD * this.spanS);
    return this.startS !== before;
  }

  /**
   * Marks of a ruler, at round times, no closer than one can read.
   * @param {number} widthPx
   * @returns {{seconds: number, text: string}[]}
   */
  ticks(widthPx) {
    const step = STEPS_S.find((each) => (each / this.spanS) * widthPx >= LEAST_TICK_PX) ?? 7200;
    const found = [];
    for (let n = Math.ceil(this.startS / step); n * step <= this.endS; n++) {
      found.push({ seconds: n * step, text: tickText(n * step, step) });
    }
    return found;
  }

  /** @param {number} seconds */
  #startAt(seconds) {
    this.startS = Math.min(this.durationS - this.spanS, Math.max(0, seconds));
  }
}

/** @param {number} seconds @param {number} step */
function tickText(seconds, step) {
  const digits = step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
  const rounded = Number(seconds.toFixed(digits));
  const minutes = Math.floor(rounded / 60 + 1e-9);
  const rest = (rounded - 60 * minutes).toFixed(digits);
  return `${minutes}:${rest.padStart(digits ? 3 + digits : 2, "0")}`;
}
