// @ts-check
/// <reference path="./worklet-globals.d.ts" />
/** The AudioWorklet: plays the ring; copies what it played when asked; finds the ping. */
import { Onset } from "./onset.js";
import { Player } from "./player.js";
import { FLOAT, INT, Ring, RingWriter } from "./ring.js";

const REPORT_S = 0.25; // how often the fields travel where no memory is shared

/** @typedef {{memory: SharedArrayBuffer | null, streamRateHz: number, safety: number}} PlayerOptions */

class PlayerProcessor extends AudioWorkletProcessor {
  /** @param {AudioWorkletNodeOptions} options */
  constructor(options) {
    super(options);
    const { memory, streamRateHz, safety } = /** @type {PlayerOptions} */ (options.processorOptions);
    this.ring = new Ring(memory ?? Ring.allocate(false));
    this.writer = memory ? null : new RingWriter(this.ring);
    this.ring.ints[INT.SAFETY] = Math.round(safety * 1000);
    this.player = new Player(this.ring, { contextRateHz: sampleRate, streamRateHz });
    this.onset = new Onset(sampleRate);
    this.streamStep = streamRateHz / sampleRate;
    this.reportFrames = 0;
    /** @type {MessagePort | null} */
    this.line = null;
    /** @type {Extract<import("./types.js").ToWorklet, {kind: "capture"}> | null} */
    this.capture = null;
    this.captured = 0;
    this.captureFrame = 0;
    this.captureStreamFrame = 0;
    this.captureUnderruns = 0;
    this.captureTrims = 0;
    this.port.onmessage = (event) => this.receive(event.data);
  }

  /** @param {import("./types.js").ToWorklet} message */
  receive(message) {
    if (message.kind === "line") {
      this.line = message.port;
      this.line.onmessage = (event) => this.receiveLine(event.data);
    } else if (message.kind === "safety") {
      Atomics.store(this.ring.ints, INT.SAFETY, Math.round(message.safety * 1000));
    } else {
      this.capture = message;
      this.captured = 0;
    }
  }

  /** @param {import("./types.js").ToPlayer} message */
  receiveLine(message) {
    if (message instanceof ArrayBuffer) {
      this.writer?.accept(new DataView(message));
    } else {
      this.onset.arm();
      this.line?.postMessage({ kind: "armed", id: message.id });
    }
  }

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const left = outputs[0][0];
    const right = outputs[0][1] ?? left;
    this.player.process(left, right);
    if (this.capture) this.copy(left, right);
    const found = this.onset.process(left, right);
    if (found >= 0) this.tellOnset(found, left.length);
    if (this.writer) {
      this.reportFrames += left.length;
      if (this.reportFrames >= REPORT_S * sampleRate) this.report();
    }
    return true;
  }

  /**
   * @param {number} index
   * @param {number} frames
   */
  tellOnset(index, frames) {
    const streamFrame = this.ring.floats[FLOAT.PLAYED_FRAME] - (frames - index) * this.streamStep;
    this.line?.postMessage({ kind: "onset", streamFrame, offsetS: index / sampleRate });
  }

  report() {
    this.reportFrames = 0;
    this.line?.postMessage({ kind: "player", ints: this.ring.ints.slice(), floats: this.ring.floats.slice() });
  }

  /**
   * @param {Float32Array} left
   * @param {Float32Array} right
   */
  copy(left, right) {
    const capture = this.capture;
    if (!capture) return;
    const frames = left.length;
    const begin = this.ring.floats[FLOAT.PLAYED_FRAME] - frames * this.streamStep;
    if (this.captured === 0) {
      if (begin < capture.fromFrame) return;
      this.captureFrame = currentFrame;
      this.captureStreamFrame = begin;
      const begun = this.ring.ints[INT.PLAYING] ? 0 : 1; // a gap that had begun before counts as one of the stretch
      this.captureUnderruns = this.ring.ints[INT.UNDERRUNS] - begun;
      this.captureTrims = this.ring.ints[INT.TRIMS];
    }
    for (let i = 0; i < frames && this.captured < capture.left.length; i++) {
      capture.left[this.captured] = left[i];
      capture.right[this.captured++] = right[i];
    }
    if (this.captured === capture.left.length) this.giveCapture(capture);
  }

  /** @param {Extract<import("./types.js").ToWorklet, {kind: "capture"}>} capture */
  giveCapture(capture) {
    this.capture = null;
    const { id, left, right } = capture;
    const underruns = this.ring.ints[INT.UNDERRUNS] - this.captureUnderruns;
    const trims = this.ring.ints[INT.TRIMS] - this.captureTrims;
    const frames = { contextFrame: this.captureFrame, streamFrame: this.captureStreamFrame };
    this.port.postMessage({ id, left, right, ...frames, sampleRateHz: sampleRate, underruns, trims }, [
      left.buffer,
      right.buffer,
    ]);
  }
}

registerProcessor("telharmonic-player", PlayerProcessor);
