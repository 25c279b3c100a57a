// @ts-check
/** A line and a device for the tests: messages that arrive on a written pattern, quanta that are taken on time. */
import { HEADER_BYTES } from "../frame.js";
import { Player } from "../player.js";
import { INT, Ring, RingWriter } from "../ring.js";

/**
 * One audio message.
 * @param {object} options
 * @param {number} options.firstFrame
 * @param {(frame: number) => number} options.signal left; the right side is its negative
 * @param {number} [options.frames]
 * @param {number} [options.rateHz]
 * @param {number} [options.epoch]
 * @param {number} [options.sequence]
 * @param {number} [options.flags]
 */
export function audioMessage({ firstFrame, signal, frames = 240, rateHz = 48000, epoch = 1, sequence = 0, flags = 0 }) {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + frames * 8));
  view.setUint8(0, 1);
  view.setUint8(1, 0);
  view.setUint8(2, 2);
  view.setUint8(3, flags);
  view.setUint16(4, frames, true);
  view.setUint32(8, epoch, true);
  view.setUint32(12, sequence, true);
  view.setUint32(16, firstFrame >>> 0, true);
  view.setUint32(20, Math.floor(firstFrame / 2 ** 32), true);
  view.setUint32(24, rateHz, true);
  for (let i = 0; i < frames; i++) {
    view.setFloat32(HEADER_BYTES + i * 8, signal(firstFrame + i), true);
    view.setFloat32(HEADER_BYTES + i * 8 + 4, -signal(firstFrame + i), true);
  }
  return view;
}

/**
 * @typedef {object} Played
 * @property {Float32Array} left
 * @property {Float32Array} right
 * @property {number} underruns
 * @property {number} trims
 * @property {number[]} fills frames in hand at each quantum before it was taken
 * @property {Ring} ring
 */

/**
 * Play `seconds` of a stream.
 * @param {object} options
 * @param {number} options.seconds
 * @param {(frame: number) => number} [options.signal]
 * @param {(index: number) => number} [options.lateS] by how much message `index` comes late (they stay in order)
 * @param {(index: number) => Partial<Parameters<typeof audioMessage>[0]> | null} [options.change] of a message; null: lost
 * @param {number} [options.streamRateHz]
 * @param {number} [options.contextRateHz]
 * @param {number} [options.driftPpm] by which the device is slow
 * @param {number} [options.bunch] quanta that the device takes at once
 * @param {number} [options.safety]
 * @param {number} [options.quantumFrames]
 * @returns {Played}
 */
export function play({
  seconds,
  signal = (frame) => 0.5 * Math.sin((2 * Math.PI * 440 * frame) / 48000),
  lateS = () => 0,
  change = () => ({}),
  streamRateHz = 48000,
  contextRateHz = 48000,
  driftPpm = 0,
  bunch = 1,
  safety = 0.25,
  quantumFrames = 128,
}) {
  const ring = new Ring(Ring.allocate(true));
  ring.ints[INT.SAFETY] = safety * 1000;
  const writer = new RingWriter(ring);
  const player = new Player(ring, { contextRateHz, streamRateHz });
  const quanta = Math.floor((seconds * contextRateHz) / quantumFrames);
  const left = new Float32Array(quanta * quantumFrames);
  const right = new Float32Array(quanta * quantumFrames);
  const fills = [];
  const quantumS = (quantumFrames / contextRateHz) * (1 + driftPpm * 1e-6);
  let index = 0;
  let arrivalS = 0;
  for (let quantum = 0; quantum < quanta; quantum++) {
    // 0.37 ms: the device's clock and the server's have no common beginning
    const now = Math.floor(quantum / bunch) * bunch * quantumS + 0.00037;
    for (;;) {
      const dueS = ((index + 1) * 240) / streamRateHz + lateS(index);
      if (Math.max(dueS, arrivalS) > now) break;
      arrivalS = Math.max(dueS, arrivalS);
      const changed = change(index);
      if (changed) writer.accept(audioMessage({ firstFrame: index * 240, signal, rateHz: streamRateHz, ...changed }));
      index += 1;
    }
    const at = quantum * quantumFrames;
    player.process(left.subarray(at, at + quantumFrames), right.subarray(at, at + quantumFrames));
    fills.push(ring.ints[INT.FILL] + (ring.ints[INT.PLAYING] ? quantumFrames : 0));
  }
  return { left, right, underruns: ring.ints[INT.UNDERRUNS], trims: ring.ints[INT.TRIMS], fills, ring };
}

/**
 * Power of what is not the sine of `hz` (any amplitude and phase, least squares), below the sine's, in dB.
 * @param {Float32Array} samples
 * @param {number} hz
 * @param {number} rateHz
 */
export function signalToNoiseDb(samples, hz, rateHz) {
  const omega = (2 * Math.PI * hz) / rateHz;
  let [cc, ss, cs, xc, xs] = [0, 0, 0, 0, 0];
  for (let i = 0; i < samples.length; i++) {
    const c = Math.cos(omega * i);
    const s = Math.sin(omega * i);
    cc += c * c;
    ss += s * s;
    cs += c * s;
    xc += samples[i] * c;
    xs += samples[i] * s;
  }
  const det = cc * ss - cs * cs;
  const a = (xc * ss - xs * cs) / det;
  const b = (xs * cc - xc * cs) / det;
  let [power, noise] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    const fit = a * Math.cos(omega * i) + b * Math.sin(omega * i);
    power += fit * fit;
    noise += (samples[i] - fit) ** 2;
  }
  return 10 * Math.log10(power / noise);
}

/**
 * Largest step between neighbouring samples.
 * @param {Float32Array} samples
 */
export function largestStep(samples) {
  let largest = 0;
  for (let i = 1; i < samples.length; i++) largest = Math.max(largest, Math.abs(samples[i] - samples[i - 1]));
  return largest;
}
