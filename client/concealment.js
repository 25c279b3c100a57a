// @ts-check
/**
 * Hides lost frames: the last period of the sound goes on, fading out, and the next good frame is faded in over it.
 *
 * The idea is that of ITU-T G.711 Appendix I. Its overlap before the loss would need a delay; here the step at which
 * the period begins anew is taken off the first samples.
 */

const SHORTEST_LAG = 120; // frames: 400 Hz; a higher pitch repeats within it
const LONGEST_LAG = 960; // 50 Hz
const COMPARED = 480;
const COARSE = 4; // every fourth frame is compared at first
const JOIN_FRAMES = 64;
const FADE_FRAMES = 2880; // 60 ms to silence
const HISTORY_FRAMES = LONGEST_LAG + COMPARED;

export class Concealer {
  #history = new Float32Array(HISTORY_FRAMES * 2);
  #mono = new Float32Array(HISTORY_FRAMES);
  #lag = 0;
  #concealed = 0; // frames since the last good one; 0 while all is well

  /**
   * Note good frames; the first ones after a loss are faded in, in place.
   * @param {Float32Array} samples interleaved stereo
   */
  good(samples) {
    if (this.#concealed > 0) {
      const frames = Math.min(2 * JOIN_FRAMES, samples.length / 2);
      const goingOn = new Float32Array(frames * 2);
      this.#goOn(goingOn);
      for (let i = 0; i < frames; i++) {
        const gain = (i + 0.5) / frames;
        for (let side = 0; side < 2; side++) {
          const at = 2 * i + side;
          samples[at] = gain * samples[at] + (1 - gain) * goingOn[at];
        }
      }
      this.#concealed = 0;
    }
    this.#remember(samples);
  }

  /**
   * Fill in for lost frames.
   * @param {Float32Array} samples interleaved stereo, filled
   */
  conceal(samples) {
    if (this.#concealed === 0) this.#lag = this.#findLag();
    this.#goOn(samples);
  }

  /** @param {Float32Array} samples */
  #goOn(samples) {
    const history = this.#history;
    const end = HISTORY_FRAMES;
    for (let i = 0; i < samples.length / 2; i++) {
      const n = this.#concealed++;
      const round = n % this.#lag; // where in the period
      const join = Math.max(0, 1 - (round + 1) / JOIN_FRAMES);
      const gain = Math.max(0, 1 - n / FADE_FRAMES);
      const at = (end - this.#lag + round) * 2;
      for (let side = 0; side < 2; side++) {
        const step = history[2 * end - 2 + side] - history[2 * (end - this.#lag) - 2 + side];
        samples[2 * i + side] = gain * (history[at + side] + join * step);
      }
    }
  }

  /** @param {Float32Array} samples */
  #remember(samples) {
    const kept = samples.length > this.#history.length ? samples.subarray(-this.#history.length) : samples;
    this.#history.copyWithin(0, kept.length);
    this.#history.set(kept, this.#history.length - kept.length);
  }

  /** The lag at which the end of what was heard is most like what came before it. */
  #findLag() {
    for (let i = 0; i < HISTORY_FRAMES; i++) this.#mono[i] = this.#history[2 * i] + this.#history[2 * i + 1];
    const coarse = this.#best(SHORTEST_LAG, LONGEST_LAG, 2, COARSE);
    return this.#best(Math.max(SHORTEST_LAG, coarse - 2), Math.min(LONGEST_LAG, coarse + 2), 1, 1);
  }

  /**
   * @param {number} from
   * @param {number} to
   * @param {number} step of the lag
   * @param {number} stride of the frames compared
   */
  #best(from, to, step, stride) {
    const mono = this.#mono;
    let [best, bestLag] = [Number.NEGATIVE_INFINITY, from];
    for (let lag = from; lag <= to; lag += step) {
      let [like, energy] = [0, 1e-9];
      for (let i = HISTORY_FRAMES - COMPARED; i < HISTORY_FRAMES; i += stride) {
        like += mono[i] * mono[i - lag];
        energy += mono[i - lag] ** 2;
      }
      const match = like / Math.sqrt(energy);
      if (match > best) [best, bestLag] = [match, lag];
    }
    return bestLag;
  }
}
