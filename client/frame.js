// @ts-check
/** The binary audio message: 32 bytes of header, then interleaved samples. docs/protocol.md has the table. */

export const HEADER_BYTES = 32;
export const FLAG_DISCONTINUITY = 1;
const VERSION = 1;
const SAMPLE_BYTES = [4, 2, 3]; // by encoding: float32, int16, 24 bits
const LEAST_FRAMES = 120;
const MAXIMUM_FRAMES = 4096;
const SHORT_S = 0.0025;

/**
 * @typedef {object} Header
 * @property {number} encoding 0 float32, 1 int16, 2 24 bits
 * @property {number} channels 1 or 2
 * @property {number} flags
 * @property {number} frames
 * @property {number} epoch
 * @property {number} sequence
 * @property {number} firstFrame since the session began
 * @property {number} rateHz
 * @property {number} ageUs from the end of rendering to the making of these bytes
 * @property {number} bytes of the whole message
 */

/**
 * @param {DataView} view begins with a header; samples may be missing still
 * @param {Header} [into] filled and returned, so that the audio thread makes no garbage
 * @returns {Header}
 */
export function parseHeader(view, into) {
  const header = into ?? {
    encoding: 0, channels: 0, flags: 0, frames: 0, epoch: 0, sequence: 0, firstFrame: 0, rateHz: 0, ageUs: 0, bytes: 0,
  };
  header.encoding = view.getUint8(1);
  header.channels = view.getUint8(2);
  header.flags = view.getUint8(3);
  header.frames = view.getUint16(4, true);
  header.epoch = view.getUint32(8, true);
  header.sequence = view.getUint32(12, true);
  header.firstFrame = view.getUint32(16, true) + view.getUint32(20, true) * 2 ** 32;
  header.rateHz = view.getUint32(24, true);
  header.ageUs = view.getUint32(28, true);
  header.bytes = HEADER_BYTES + header.frames * header.channels * (SAMPLE_BYTES[header.encoding] ?? 0);
  return header;
}

/**
 * Check what a message claims, before its samples are touched.
 * @param {DataView} view
 * @param {Header} header
 * @throws {RangeError} naming the field, its value and what is allowed
 */
export function checkHeader(view, header) {
  const version = view.getUint8(0);
  if (version !== VERSION) throw new RangeError(`audio message of version ${version}; allowed: ${VERSION}`);
  if (!(header.encoding in SAMPLE_BYTES)) throw new RangeError(`encoding ${header.encoding}; allowed: 0, 1, 2`);
  if (header.channels !== 1 && header.channels !== 2) {
    throw new RangeError(`${header.channels} channels; allowed: 1 or 2`);
  }
  if (header.frames < 1 || header.frames > MAXIMUM_FRAMES) {
    throw new RangeError(`${header.frames} frames a message; allowed: 1 to ${MAXIMUM_FRAMES}`);
  }
  if (header.rateHz < 8000 || header.rateHz > 192000) {
    throw new RangeError(`a rate of ${header.rateHz} Hz; allowed: 8000 to 192000`);
  }
}

/**
 * Check a whole message.
 * @param {DataView} view
 * @param {Header} header
 * @throws {RangeError}
 */
export function checkMessage(view, header) {
  checkHeader(view, header);
  if (view.byteLength !== header.bytes) {
    throw new RangeError(`an audio message of ${view.byteLength} bytes; its header says ${header.bytes}`);
  }
}

/**
 * Put a message's samples into a ring of interleaved stereo; mono goes to both sides.
 * @param {DataView} view the whole message, checked
 * @param {Header} header
 * @param {Float32Array} ring
 * @param {number} mask frames of the ring less one
 * @param {number} index frame index of the first
 */
export function decodeInto(view, header, ring, mask, index) {
  const width = SAMPLE_BYTES[header.encoding];
  const other = header.channels === 2 ? width : 0;
  let at = HEADER_BYTES;
  for (let i = 0; i < header.frames; i++) {
    const place = ((index + i) & mask) * 2;
    ring[place] = sampleAt(view, at, header.encoding);
    ring[place + 1] = sampleAt(view, at + other, header.encoding);
    at += width + other;
  }
}

/**
 * @param {DataView} view
 * @param {number} at
 * @param {number} encoding
 */
function sampleAt(view, at, encoding) {
  if (encoding === 0) return view.getFloat32(at, true);
  if (encoding === 1) return view.getInt16(at, true) / 32768;
  return (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608;
}

/**
 * Make a message of float32 samples.
 * @param {object} of
 * @param {number} of.firstFrame
 * @param {Float32Array} of.samples interleaved stereo
 * @param {number} of.epoch
 * @param {number} of.sequence
 * @param {number} of.rateHz
 * @returns {DataView}
 */
export function writeMessage({ firstFrame, samples, epoch, sequence, rateHz }) {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + samples.length * 4));
  view.setUint8(0, VERSION);
  view.setUint8(2, 2);
  view.setUint16(4, samples.length / 2, true);
  view.setUint32(8, epoch, true);
  view.setUint32(12, sequence, true);
  view.setUint32(16, firstFrame >>> 0, true);
  view.setUint32(20, Math.floor(firstFrame / 2 ** 32), true);
  view.setUint32(24, rateHz, true);
  for (let i = 0; i < samples.length; i++) view.setFloat32(HEADER_BYTES + i * 4, samples[i], true);
  return view;
}

/** Cuts a byte stream (a streaming fetch) into whole messages. */
export class FrameAssembler {
  #bytes = new Uint8Array(1 << 16);
  #begin = 0;
  #end = 0;
  /** @type {Header | undefined} */
  #header;

  /**
   * @param {Uint8Array} chunk
   * @param {(message: DataView) => void} take called for every whole message; must not keep the view
   * @throws {RangeError} if the stream is not made of our messages
   */
  push(chunk, take) {
    this.#append(chunk);
    while (this.#end - this.#begin >= HEADER_BYTES) {
      const rest = new DataView(this.#bytes.buffer, this.#begin, this.#end - this.#begin);
      this.#header = parseHeader(rest, this.#header);
      checkHeader(rest, this.#header);
      if (rest.byteLength < this.#header.bytes) return;
      take(new DataView(this.#bytes.buffer, this.#begin, this.#header.bytes));
      this.#begin += this.#header.bytes;
    }
  }

  /** @param {Uint8Array} chunk */
  #append(chunk) {
    const kept = this.#end - this.#begin;
    if (this.#end + chunk.length > this.#bytes.length) {
      const room = kept + chunk.length > this.#bytes.length ? 2 * (kept + chunk.length) : this.#bytes.length;
      const bytes = room === this.#bytes.length ? this.#bytes : new Uint8Array(room);
      bytes.set(this.#bytes.subarray(this.#begin, this.#end));
      this.#bytes = bytes;
      this.#begin = 0;
      this.#end = kept;
    }
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }
}

/**
 * Frames of a message of 2.5 ms, or of the shortest that there is.
 * @param {number} rateHz
 */
export function shortFrames(rateHz) {
  return Math.max(LEAST_FRAMES, Math.round(SHORT_S * rateHz));
}
