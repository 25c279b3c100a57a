// @ts-check
/**
 * Plays a ring: keeps as little in hand as the line allows, hides what goes wrong, follows the server's clock.
 *
 * It runs in the audio thread (`worklet.js`) and in Node (the tests), asks no clock and allocates nothing: its time
 * is the number of frames that the device has taken. For that clock the first quantum in which a message can be
 * seen is its arrival, so that the target covers the network, the Worker and a device that takes its quanta in
 * bunches alike.
 *
 * What is heard when the stream does not go on: the last 10 ms once more, backwards and fading out (which joins
 * without a step and needs nothing in advance), and the new sound fading in.
 */
import { PlayoutTarget } from "./jitter.js";
import { Resampler } from "./resampler.js";
import { FLOAT, INT } from "./ring.js";

const FADE_S = 0.01;
const MAXIMUM_DRIFT = 0.005; // of the speed: 8.6 cents
const DRIFT_TIME_S = 1; // an error of 1 ms is played away at 0.1 %
const SMOOTH_S = DRIFT_TIME_S / 2; // with it the correction swings in without overshoot (damping 0.7)
const JUMP_S = 0.008; // more surplus than this and a part of the spread is cut out at once (the device stood still)
const OUTAGE_S = 0.5; // a longer gap is no jitter: start anew after it
const LEARN_S = 2; // what comes just after a beginning is a backlog or a page that is loading, and is not remembered
const LISTEN_S = 0.1; // before the first sound: knows the line a little
const STEP_FRAMES = 32; // in which the target moves; 0.7 ms
const LEEWAY_FRAMES = 24; // 0.5 ms: the drift correction swings that far around its aim
const UNKNOWN = -1;

export class Player {
  /**
   * @param {import("./ring.js").Ring} ring
   * @param {object} options
   * @param {number} options.contextRateHz rate of the device
   * @param {number} options.streamRateHz rate of what is in the ring
   * @param {number} [options.messageFrames] what comes at a time
   */
  constructor(ring, { contextRateHz, streamRateHz, messageFrames = 240 }) {
    this.#ring = ring;
    this.#nominal = streamRateHz / contextRateHz;
    this.#rateHz = streamRateHz;
    this.#resampler = new Resampler(this.#nominal);
    this.#target = new PlayoutTarget({
      sampleRateHz: streamRateHz,
      messageFrames,
      quantumFrames: STEP_FRAMES,
      safety: ring.ints[INT.SAFETY] / 1000,
      maximumFrames: Math.min(streamRateHz / 2, ring.frames / 4),
    });
    const fade = Math.round(FADE_S * contextRateHz);
    this.#fadeIn = Float32Array.from({ length: fade }, (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / fade));
    this.#fadedIn = fade;
    this.#tailLeft = new Float32Array(fade);
    this.#tailRight = new Float32Array(fade);
    this.#written = ring.floats[FLOAT.WRITTEN];
    this.#cuts = ring.ints[INT.CUTS];
    this.#epochs = ring.ints[INT.EPOCHS];
    this.#offset = this.#newOffset = ring.floats[FLOAT.CUT_FRAME] - ring.floats[FLOAT.CUT_INDEX];
    this.#cutIndex = UNKNOWN;
    this.#position = this.#oldest = this.#written;
  }

  #ring;
  #nominal;
  #rateHz;
  #resampler;
  #target;
  #fadeIn;
  #fadedIn; // how far the main reading has faded in, in device frames
  #tailLeft;
  #tailRight;
  #tailPosition = 0;
  #tailStep = 0;
  #tailGain = 0;
  #tailed = 0; // device frames of the tail still to come
  #written; // index of the next frame that the writer will write
  #oldest; // nothing before this index is ours
  #position; // index of the next frame to play, between frames too
  #offset; // place in the stream less index in the ring, where we play
  #newOffset; // the same beyond the cut
  #cutIndex; // index of the cut that lies ahead
  #cuts;
  #epochs;
  #device = 0; // frames of the stream that the device would have taken at nominal speed
  #relearnAt = Number.POSITIVE_INFINITY; // when to forget what the first moments were like
  #listenUntil = Number.POSITIVE_INFINITY;
  #playing = false;
  #smoothError = 0;
  #heardAt = Number.NEGATIVE_INFINITY; // when something came in last
  #step = 1;

  /**
   * Fill one quantum.
   * @param {Float32Array} left
   * @param {Float32Array} right
   */
  process(left, right) {
    const frames = left.length;
    this.#readNews();
    const error = this.#errorFrames();
    if (this.#playing) this.#keepUp(frames, error);
    else this.#start(frames);
    if (this.#playing) this.#renderMain(left, right);
    else {
      left.fill(0);
      right.fill(0);
    }
    if (this.#tailed > 0) this.#renderTail(left, right);
    this.#device += frames * this.#nominal;
    this.#publish(frames);
  }

  /** See what was written, and let the target watch it come. */
  #readNews() {
    const { ints, floats } = this.#ring;
    const safety = Atomics.load(ints, INT.SAFETY) / 1000;
    if (safety !== this.#target.safety) this.#target.setSafety(safety);
    const before = this.#written;
    this.#written += (Atomics.load(ints, INT.WRITE) - (before | 0)) | 0;
    if (this.#written === before) return;
    if (ints[INT.CUTS] !== this.#cuts) this.#noticeCut(floats[FLOAT.CUT_INDEX], floats[FLOAT.CUT_FRAME]);
    const message = Math.max(1, ints[INT.BLOCK]);
    let first = before;
    if (!this.#playing && this.#device - this.#heardAt > OUTAGE_S * this.#rateHz) {
      this.#startAnew();
      first = Math.max(before, this.#written - message); // what waited for the device or the line says nothing of either
    }
    this.#heardAt = this.#device;
    if (this.#device >= this.#relearnAt) {
      this.#target.reset();
      this.#relearnAt = Number.POSITIVE_INFINITY;
    }
    const now = this.#device / this.#rateHz;
    for (let index = first; index < this.#written; index += message) {
      const beyond = this.#cutIndex !== UNKNOWN && index >= this.#cutIndex;
      this.#target.arrived(now, index + (beyond ? this.#newOffset : this.#offset));
    }
  }

  /**
   * @param {number} index
   * @param {number} frame
   */
  #noticeCut(index, frame) {
    const { ints } = this.#ring;
    this.#cuts = ints[INT.CUTS];
    this.#cutIndex = index;
    this.#newOffset = frame - index;
    if (ints[INT.EPOCHS] !== this.#epochs) {
      this.#epochs = ints[INT.EPOCHS];
      this.#startAnew();
    }
  }

  #startAnew() {
    this.#target.reset();
    this.#relearnAt = this.#device + LEARN_S * this.#rateHz;
    this.#listenUntil = this.#device + LISTEN_S * this.#rateHz;
  }

  /** Frames to have in hand just before an average message comes. */
  get #wantedFrames() {
    // No quantum on top: on the device's clock it is part of every arrival's spread already.
    return this.#target.targetFrames - STEP_FRAMES + this.#resampler.lookahead + LEEWAY_FRAMES;
  }

  /** Place in the stream at which we should be now; NaN before the first message. */
  get #idealFrame() {
    return this.#device - this.#target.meanS * this.#rateHz - this.#wantedFrames;
  }

  /** Frames that we have in hand too many (or, negative, too few). */
  #errorFrames() {
    const beyond = this.#cutIndex !== UNKNOWN && this.#position >= this.#cutIndex;
    const error = this.#idealFrame - (this.#position + (beyond ? this.#newOffset : this.#offset));
    return Number.isNaN(error) ? 0 : error;
  }

  /** @param {number} frames */
  #start(frames) {
    if (this.#tailed > 0 || this.#device < this.#listenUntil) return;
    if (this.#cutIndex !== UNKNOWN) this.#crossCut();
    const ideal = this.#idealFrame - this.#offset;
    if (Number.isNaN(ideal)) return;
    const oldest = Math.max(this.#oldest, this.#written - this.#ring.frames / 2);
    if (ideal < oldest || ideal + this.#needed(frames) > this.#written) return;
    this.#position = ideal;
    this.#step = this.#nominal;
    this.#smoothError = 0;
    this.#fadedIn = 0;
    this.#playing = true;
  }

  /** @param {number} frames */
  #needed(frames) {
    return frames * this.#nominal * (1 + MAXIMUM_DRIFT) + this.#resampler.lookahead + 1;
  }

  /**
   * Go on playing: choose the speed, cross a cut, cut out a great surplus, or notice that there is nothing left.
   * @param {number} frames
   * @param {number} error
   */
  #keepUp(frames, error) {
    this.#smoothError += ((error - this.#smoothError) * frames * this.#nominal) / (SMOOTH_S * this.#rateHz);
    const correction = this.#smoothError / (DRIFT_TIME_S * this.#rateHz);
    this.#step = this.#nominal * (1 + Math.min(MAXIMUM_DRIFT, Math.max(-MAXIMUM_DRIFT, correction)));
    const needed = this.#needed(frames);
    if (this.#cutIndex !== UNKNOWN && this.#position + needed >= this.#cutIndex) {
      this.#beginTail(-this.#step);
      this.#crossCut();
      this.#position = this.#oldest;
      this.#fadedIn = 0;
    } else if (error > (JUMP_S + this.#target.spreadS / 4) * this.#rateHz && this.#tailed === 0 && this.#cutIndex === UNKNOWN) {
      this.#skip(Math.min(error, this.#written - needed - this.#position));
    }
    if (this.#written - this.#position < needed) this.#starve();
    else if (this.#written - this.#position > this.#ring.frames * 0.75) this.#starve();
  }

  /** @param {number} surplus */
  #skip(surplus) {
    if (surplus < (JUMP_S * this.#rateHz) / 2) return;
    this.#beginTail(this.#step);
    this.#position += surplus;
    this.#fadedIn = 0;
    this.#smoothError = 0;
    this.#ring.ints[INT.TRIMS] += 1;
  }

  #crossCut() {
    this.#oldest = this.#cutIndex;
    this.#offset = this.#newOffset;
    this.#cutIndex = UNKNOWN;
  }

  #starve() {
    if (this.#tailed === 0) this.#beginTail(-this.#step);
    this.#playing = false;
    this.#ring.ints[INT.UNDERRUNS] += 1;
  }

  /**
   * Let what was playing fade out, from where it is, forwards or backwards.
   * @param {number} step
   */
  #beginTail(step) {
    const gain = this.#fadedIn < this.#fadeIn.length ? this.#fadeIn[this.#fadedIn] : 1;
    this.#tailPosition = this.#position;
    this.#tailStep = step;
    this.#tailGain = gain;
    this.#tailed = this.#fadeIn.length;
  }

  /**
   * @param {Float32Array} left
   * @param {Float32Array} right
   */
  #renderMain(left, right) {
    const { data, mask } = this.#ring;
    const frames = left.length;
    this.#resampler.read(data, mask, this.#position, this.#step, left, right, 0, frames);
    this.#position += frames * this.#step;
    const fade = this.#fadeIn;
    for (let i = 0; i < frames && this.#fadedIn < fade.length; i++) {
      const gain = fade[this.#fadedIn++];
      left[i] *= gain;
      right[i] *= gain;
    }
  }

  /**
   * @param {Float32Array} left
   * @param {Float32Array} right
   */
  #renderTail(left, right) {
    const { data, mask } = this.#ring;
    const frames = Math.min(left.length, this.#tailed);
    const step = this.#tailStep;
    this.#resampler.read(data, mask, this.#tailPosition, step, this.#tailLeft, this.#tailRight, 0, frames);
    for (let i = 0; i < frames; i++) {
      const gain = this.#tailGain * this.#fadeIn[this.#tailed - 1 - i];
      left[i] += gain * this.#tailLeft[i];
      right[i] += gain * this.#tailRight[i];
    }
    this.#tailPosition += frames * step;
    this.#tailed -= frames;
  }

  /** @param {number} frames */
  #publish(frames) {
    const { ints, floats } = this.#ring;
    floats[FLOAT.PLAYED_FRAME] = this.#position + this.#offset;
    floats[FLOAT.DEVICE_FRAMES] += frames;
    floats[FLOAT.RATIO] = this.#step / this.#nominal;
    floats[FLOAT.SPREAD_S] = this.#target.spreadS;
    ints[INT.PLAYING] = this.#playing ? 1 : 0;
    ints[INT.TARGET] = Math.max(0, Math.round(this.#wantedFrames));
    ints[INT.FILL] = Math.max(0, Math.floor(this.#written - this.#position));
  }
}
