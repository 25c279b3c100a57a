// @ts-check
/** Finds the first sample that is not silence, after silence: the end of a control-to-sound measurement. */

export const ONSET_THRESHOLD = 0.001; // -60 dBFS: above dither and denormals, 0.1 ms into the ping's smooth edge
const QUIET_S = 0.03; // longer than one 20 ms burst, so that its own tail cannot answer for the next

export class Onset {
  /** @param {number} rateHz of the samples that it will see */
  constructor(rateHz) {
    this.armed = false;
    this.#quietFrames = Math.round(QUIET_S * rateHz);
  }

  #quietFrames;
  #silentFrames = 0;

  /** Listen for the next onset. */
  arm() {
    this.armed = true;
  }

  /**
   * @param {Float32Array} left
   * @param {Float32Array} right
   * @returns {number} index of the first sample at the threshold, -1 if there is none or nobody asked
   */
  process(left, right) {
    let found = -1;
    for (let i = 0; i < left.length; i++) {
      if (Math.abs(left[i]) < ONSET_THRESHOLD && Math.abs(right[i]) < ONSET_THRESHOLD) {
        this.#silentFrames += 1;
        continue;
      }
      if (this.armed && this.#silentFrames >= this.#quietFrames) {
        this.armed = false;
        found = i;
      }
      this.#silentFrames = 0;
    }
    return found;
  }
}
