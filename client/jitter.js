// @ts-check
/**
 * How much sound to keep in hand: enough for the spread of arrivals, and no more.
 *
 * The twin of `src/telharmonic/wire/jitter.py`, where the idea is told; both give the numbers of
 * `tests/references/jitter.json`. This one runs in the audio thread, so after construction it allocates nothing.
 */

const BUCKET_S = 1;
const STEP_BUCKET_S = 0.1;
const STEP_S = 0.004;
const STEP_MESSAGES = 4;
const HISTORY_BUCKETS = 30;
const FALL_AFTER_BUCKETS = 5;
const FORGETFUL_BELOW = 0.25;
const RESERVE_ABOVE = 0.25;
const RESERVE_S = 0.06;
const FORGIVE_AFTER_BUCKETS = 10;
const NEVER = Number.POSITIVE_INFINITY;

/** The lateness of the messages of a tenth of a second. */
class Recent {
  sumS = 0;
  count = 0;
  latestS = Number.NEGATIVE_INFINITY;

  clear() {
    this.sumS = this.count = 0;
    this.latestS = Number.NEGATIVE_INFINITY;
  }

  /** @param {number} lateS */
  add(lateS) {
    this.sumS += lateS;
    this.count += 1;
    if (lateS > this.latestS) this.latestS = lateS;
  }
}

export class PlayoutTarget {
  /**
   * @param {object} options
   * @param {number} [options.sampleRateHz] rate of the stream
   * @param {number} [options.messageFrames] frames in one message; the most that one underrun adds
   * @param {number} [options.quantumFrames] what the device takes at a time: floor and step of the target
   * @param {number} [options.safety] 0 fast to 1 safe
   * @param {number} [options.maximumFrames] the target is never above this
   * @throws {RangeError} naming the option, its value and what is allowed
   */
  constructor({
    sampleRateHz = 48000,
    messageFrames = 240,
    quantumFrames = 128,
    safety = 0.25,
    maximumFrames = 24000,
  } = {}) {
    for (const [name, value] of Object.entries({ sampleRateHz, messageFrames, quantumFrames, maximumFrames })) {
      if (!(value >= 1)) throw new RangeError(`${name} is ${value}; allowed: 1 or more`);
    }
    this.sampleRateHz = sampleRateHz;
    this.messageFrames = messageFrames;
    this.quantumFrames = quantumFrames;
    this.maximumFrames = maximumFrames;
    this.safety = 0;
    this.targetFrames = 0;
    this.spreadS = 0;
    this.#bucketEndS = NEVER;
    this.setSafety(safety);
    this.reset();
  }

  #history = new Float64Array(HISTORY_BUCKETS);
  #sorted = new Float64Array(HISTORY_BUCKETS + 1);
  #remembered = 0;
  #oldest = 0;
  #bucketEndS;
  #latestS = 0;
  #sumS = 0;
  #count = 0;
  #previousSumS = 0;
  #previousCount = 0;
  #stepEndS = 0;
  #recent = new Recent();
  #recentBefore = new Recent();
  #extraFrames = 0;
  #cleanBuckets = 0;
  #lowBuckets = 0;

  /** @param {number} safety 0 fast to 1 safe */
  setSafety(safety) {
    if (!(safety >= 0 && safety <= 1)) throw new RangeError(`safety is ${safety}; allowed: 0 (fast) to 1 (safe)`);
    this.safety = safety;
  }

  /** Forget everything, as after a new connection. */
  reset() {
    this.targetFrames = Math.min(this.messageFrames + this.quantumFrames, this.maximumFrames);
    this.spreadS = 0;
    this.#bucketEndS = NEVER;
    this.#latestS = 0;
    this.#sumS = this.#previousSumS = 0;
    this.#count = this.#previousCount = 0;
    this.#recent.clear();
    this.#recentBefore.clear();
    this.#remembered = 0;
    this.#oldest = 0;
    this.#extraFrames = 0;
    this.#cleanBuckets = 0;
    this.#lowBuckets = 0;
  }

  /** Mean of arrival time less stream time over the last one to two seconds; NaN before the first message. */
  get meanS() {
    return (this.#sumS + this.#previousSumS) / (this.#count + this.#previousCount);
  }

  /**
   * A message came.
   * @param {number} timeS on any clock that runs on
   * @param {number} firstFrame from its header
   */
  arrived(timeS, firstFrame) {
    const lateS = timeS - firstFrame / this.sampleRateHz;
    if (this.#bucketEndS === NEVER) {
      this.#bucketEndS = timeS + BUCKET_S;
      this.#stepEndS = timeS + STEP_BUCKET_S;
    }
    while (timeS >= this.#bucketEndS) this.#closeBucket();
    if (timeS >= this.#stepEndS) this.#lookForStep(timeS);
    const meanS = this.meanS;
    if (lateS - meanS > this.#latestS) this.#latestS = lateS - meanS;
    this.#sumS += lateS;
    this.#count += 1;
    this.#recent.add(lateS);
    this.#riseTo(this.#wanted(this.#latestS));
  }

  /** The device found nothing: cover one message more, until a clean time has passed. */
  underrun() {
    this.#cleanBuckets = 0;
    this.#extraFrames = Math.min(this.#extraFrames + this.messageFrames, 4 * this.messageFrames);
    this.#riseTo(this.#wanted(0));
  }

  /** @param {number} timeS */
  #lookForStep(timeS) {
    const now = this.#recent;
    const before = this.#recentBefore;
    const count = now.count + before.count;
    if (count >= STEP_MESSAGES && Math.max(now.latestS, before.latestS) < this.meanS - STEP_S) {
      this.#previousSumS = this.#previousCount = 0;
      this.#sumS = now.sumS + before.sumS;
      this.#count = count;
    }
    this.#recentBefore = now;
    this.#recent = before;
    this.#recent.clear();
    this.#stepEndS = timeS + STEP_BUCKET_S;
  }

  #closeBucket() {
    this.#remember(this.#latestS);
    this.#previousSumS = this.#sumS;
    this.#previousCount = this.#count;
    this.#latestS = this.#sumS = 0;
    this.#count = 0;
    this.#bucketEndS += BUCKET_S;
    this.#cleanBuckets += 1;
    if (this.#cleanBuckets >= FORGIVE_AFTER_BUCKETS && this.#extraFrames > 0) {
      this.#cleanBuckets = 0;
      this.#extraFrames -= Math.min(this.#extraFrames, this.messageFrames);
    }
    this.#fall();
  }

  /** @param {number} spreadS */
  #remember(spreadS) {
    if (this.#remembered < HISTORY_BUCKETS) {
      this.#history[this.#remembered++] = spreadS;
    } else {
      this.#history[this.#oldest] = spreadS;
      this.#oldest = (this.#oldest + 1) % HISTORY_BUCKETS;
    }
  }

  /**
   * Frames that cover the remembered seconds and the running one.
   * @param {number} spreadNowS
   */
  #wanted(spreadNowS) {
    const count = this.#remembered + 1;
    const ignored = Math.trunc(Math.max(0, FORGETFUL_BELOW - this.safety) * 0.4 * count);
    this.spreadS = this.#largest(ignored, spreadNowS);
    const cover = this.spreadS * (1 + 0.5 * this.safety) * this.sampleRateHz + this.safety * this.messageFrames;
    const reserve = (Math.max(0, this.safety - RESERVE_ABOVE) / (1 - RESERVE_ABOVE)) * RESERVE_S * this.sampleRateHz;
    const wanted = Math.trunc(Math.max(cover, reserve)) + 1 + this.quantumFrames + this.#extraFrames;
    return Math.min(wanted, this.maximumFrames);
  }

  /**
   * The largest remembered spread but `ignored`: an insertion sort into a kept array, no garbage.
   * @param {number} ignored
   * @param {number} spreadNowS
   */
  #largest(ignored, spreadNowS) {
    const sorted = this.#sorted;
    sorted[0] = spreadNowS;
    for (let n = 0; n < this.#remembered; n++) {
      const value = this.#history[n];
      let at = n + 1;
      while (at > 0 && sorted[at - 1] < value) {
        sorted[at] = sorted[at - 1];
        at -= 1;
      }
      sorted[at] = value;
    }
    return sorted[ignored];
  }

  /** @param {number} wanted */
  #riseTo(wanted) {
    if (wanted > this.targetFrames) this.targetFrames = wanted;
  }

  #fall() {
    const wanted = this.#wanted(0);
    if (wanted > this.targetFrames - this.quantumFrames) {
      this.#lowBuckets = 0;
      return;
    }
    this.#lowBuckets += 1;
    if (this.#lowBuckets < FALL_AFTER_BUCKETS) return;
    this.targetFrames -= Math.max(this.quantumFrames, Math.floor((this.targetFrames - wanted) / 4));
  }
}
