// @ts-check
/**
 * The ring between the Worker (which writes) and the AudioWorklet (which reads): interleaved stereo float32 in a
 * SharedArrayBuffer, or in the worklet's own memory where the page is not cross-origin isolated.
 *
 * One writer, one reader, no lock: the writer stores samples and fields first and `WRITE` last, atomically; the
 * reader loads `WRITE` first. Indices count frames for ever; in the ring they are taken modulo its size.
 */
import { HEADER_BYTES, checkMessage, decodeInto, parseHeader, FLAG_DISCONTINUITY } from "./frame.js";

/** Fields of 32 bits. */
export const INT = Object.freeze({
  WRITE: 0, // frames written, modulo 2^32
  CUTS: 1, // times that the stream did not go on where it had been
  EPOCHS: 2, // times that a new stream began
  BLOCK: 3, // frames of the latest message
  RATE: 4, // of the stream, Hz
  PLAYING: 5,
  UNDERRUNS: 6,
  TRIMS: 7, // times that surplus was cut out at once
  SAFETY: 8, // thousandths
  FILL: 9, // frames in hand after the latest quantum
  TARGET: 10, // frames to have in hand just before a message is due
});

/** Fields of 64 bits (aligned, so that a reader sees the old or the new number). */
export const FLOAT = Object.freeze({
  WRITTEN: 0, // frames written, whole
  CUT_INDEX: 1, // index of the first frame after the latest cut
  CUT_FRAME: 2, // its place in the stream
  PLAYED_FRAME: 3, // place in the stream of the next frame to be played
  DEVICE_FRAMES: 4, // frames that the device has taken
  RATIO: 5, // speed of playing over the nominal one: the drift correction
  SPREAD_S: 6, // of the arrivals, as the target covers it
});

const INTS = 16;
const FLOATS = 16;
const DATA_BYTES = INTS * 4 + FLOATS * 8;

export class Ring {
  /** @param {SharedArrayBuffer | ArrayBuffer} memory from `Ring.allocate` */
  constructor(memory) {
    const frames = (memory.byteLength - DATA_BYTES) / 8;
    if (!(frames >= 1024 && Number.isInteger(Math.log2(frames)))) {
      throw new RangeError(`a ring of ${frames} frames; allowed: a power of two from 1024`);
    }
    this.memory = memory;
    this.ints = new Int32Array(memory, 0, INTS);
    this.floats = new Float64Array(memory, INTS * 4, FLOATS);
    this.data = new Float32Array(memory, DATA_BYTES);
    this.frames = frames;
    this.mask = frames - 1;
  }

  /**
   * Memory for a ring.
   * @param {boolean} shared
   * @param {number} frames a power of two; 65536 are 1.4 s at 48 kHz
   */
  static allocate(shared, frames = 65536) {
    const bytes = DATA_BYTES + frames * 8;
    return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  }
}

/** Puts audio messages into a ring. */
export class RingWriter {
  /** @param {Ring} ring */
  constructor(ring) {
    this.#ring = ring;
    this.#written = ring.floats[FLOAT.WRITTEN];
  }

  #ring;
  #written;
  #epoch = -1;
  #nextFrame = -1;
  #sequence = -1;
  #header = parseHeader(new DataView(new ArrayBuffer(HEADER_BYTES)));

  /**
   * Take one message.
   * @param {DataView} view the whole message, header and samples
   * @returns {import("./frame.js").Header} of this message; reused by the next call
   * @throws {RangeError} if the message is not one of ours
   */
  accept(view) {
    const header = parseHeader(view, this.#header);
    checkMessage(view, header);
    const { ints, floats, data, mask } = this.#ring;
    const newEpoch = header.epoch !== this.#epoch || header.rateHz !== ints[INT.RATE];
    if (newEpoch || header.flags & FLAG_DISCONTINUITY || header.firstFrame !== this.#nextFrame) {
      floats[FLOAT.CUT_INDEX] = this.#written;
      floats[FLOAT.CUT_FRAME] = header.firstFrame;
      Atomics.add(ints, INT.CUTS, 1);
      if (newEpoch) Atomics.add(ints, INT.EPOCHS, 1);
    }
    decodeInto(view, header, data, mask, this.#written);
    this.#epoch = header.epoch;
    this.#sequence = header.sequence;
    this.#nextFrame = header.firstFrame + header.frames;
    this.#written += header.frames;
    Atomics.store(ints, INT.BLOCK, header.frames);
    Atomics.store(ints, INT.RATE, header.rateHz);
    floats[FLOAT.WRITTEN] = this.#written;
    Atomics.store(ints, INT.WRITE, this.#written | 0);
    return header;
  }

  /** Sequence number of the latest message, -1 before the first. */
  get sequence() {
    return this.#sequence;
  }
}
