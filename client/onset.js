// @ts-check
/**
 * Finds the first sample of a sound that stands out from what was there before it: the end of a control-to-sound
 * measurement. In silence that is the first sample that is not silent; in the tail of a reverb, the first that is four
 * times as loud as the loudest of the last hundredths of a second.
 */

export const ONSET_THRESHOLD = 0.001; // -60 dBFS: above dither and denormals, 0.1 ms into the ping's smooth edge
export const ONSET_RATIO = 4; // 12 dB: a hall gives the burst before back more softly than that
const BIN_S = 0.002;
const BINS = 14; // 28 ms: longer than one 20 ms burst, so that its own end cannot answer for the next
const GUARD_BINS = 2; // the newest are left out: they may hold the beginning of the sound itself

export class Onset {
  /** @param {number} rateHz of the samples that it will see */
  constructor(rateHz) {
    this.armed = false;
    this.#binFrames = Math.round(BIN_S * rateHz);
    this.#guardFrames = (GUARD_BINS + 1) * this.#binFrames;
    this.#sinceLoud = this.#guardFrames;
  }

  #binFrames;
  #guardFrames;
  #peaks = new Float32Array(BINS).fill(Number.POSITIVE_INFINITY); // nothing is known of what was before
  #newest = 0;
  #frames = 0; // in the bin that is not full yet
  #peak = 0;
  #floor = Number.POSITIVE_INFINITY;
  #sinceLoud;

  /** Listen for the next onset. */
  arm() {
    this.armed = true;
  }

  /**
   * @param {Float32Array} left
   * @param {Float32Array} right
   * @returns {number} index of the first sample of a new sound, -1 if there is none or nobody asked
   */
  process(left, right) {
    let found = -1;
    for (let i = 0; i < left.length; i++) {
      const level = Math.max(Math.abs(left[i]), Math.abs(right[i]));
      if (level >= ONSET_THRESHOLD && level >= ONSET_RATIO * this.#floor) {
        if (this.armed && this.#sinceLoud >= this.#guardFrames) {
          this.armed = false;
          found = i;
        }
        this.#sinceLoud = 0;
      } else {
        this.#sinceLoud += 1;
      }
      if (level > this.#peak) this.#peak = level;
      this.#frames += 1;
      if (this.#frames === this.#binFrames) this.#closeBin();
    }
    return found;
  }

  #closeBin() {
    this.#newest = (this.#newest + 1) % BINS;
    this.#peaks[this.#newest] = this.#peak;
    this.#peak = 0;
    this.#frames = 0;
    let floor = 0;
    for (let back = GUARD_BINS; back < BINS; back++) {
      const peak = this.#peaks[(this.#newest + BINS - back) % BINS];
      if (peak > floor) floor = peak;
    }
    this.#floor = floor;
  }
}
