// @ts-check
/**
 * The encoded frames of a WebRTC track, in the Worker: placed on the session's time line, put in order, decoded, and
 * given on as the same audio messages that a WebSocket brings.
 */
import { writeMessage } from "./frame.js";
import { OpusDecoder } from "./opus-decoder.js";
import { packetFrames } from "./opus-packet.js";
import { PacketOrder } from "./packet-order.js";
import { parseRed } from "./red.js";

export const OPUS_RATE_HZ = 48000;
const TICKS = 2 ** 32; // of the RTP clock, before it begins anew

/** @typedef {{data: ArrayBuffer, timestamp?: number, getMetadata(): {rtpTimestamp?: number, payloadType?: number, mimeType?: string}}} EncodedFrame */
/** @typedef {{rtpOffset: number, frame: number, lookaheadFrames: number, epoch: number, redType: number}} Placement */

export class OpusIntake {
  /**
   * @param {object} options
   * @param {Placement} options.placement where the sound lies: `rtpOffset` is the RTP timestamp of the session's frame
   *   0, `frame` one near now, `lookaheadFrames` by how much the encoder delays, `redType` the payload type of RED
   * @param {(message: DataView) => void} options.take
   * @param {() => number} options.nowMs
   * @param {import("./types.js").OpusCodec} options.codec
   * @param {boolean} options.conceals whether the codec goes on by itself over a loss
   */
  constructor({ placement, take, nowMs, codec, conceals }) {
    this.#placement = placement;
    this.#take = take;
    this.#nowMs = nowMs;
    this.#near = placement.frame;
    this.#decoder = new OpusDecoder({ codec, conceals, give: (frame, samples) => this.#give(frame, samples) });
    this.#order = new PacketOrder({
      release: (packet) => this.#decoder.decode(packet),
      lose: (frame, frames) => {
        this.lostFrames += frames;
        this.#decoder.lose(frame, frames);
      },
    });
  }

  #placement;
  #take;
  #nowMs;
  #near; // frame of the latest packet
  #decoder;
  #order;
  #sequence = 0;

  packets = 0;
  lostFrames = 0;
  /** when the latest packet came */
  heardMs = Number.NEGATIVE_INFINITY;

  /** @param {EncodedFrame} encoded */
  push(encoded) {
    const { rtpTimestamp = encoded.timestamp ?? 0, payloadType, mimeType } = encoded.getMetadata();
    const nowMs = this.#nowMs();
    this.heardMs = nowMs;
    this.packets += 1;
    const payload = new Uint8Array(encoded.data);
    if (payload.length === 0) return;
    const isRed = payloadType === undefined ? mimeType === "audio/red" : payloadType === this.#placement.redType;
    const frame = this.#frameOf(rtpTimestamp);
    for (const { offset, data } of isRed ? parseRed(payload) : [{ offset: 0, data: payload }]) {
      if (data.length > 0) this.#order.push({ frame: frame - offset, frames: packetFrames(data), data }, nowMs, offset > 0);
    }
  }

  /** @param {number} timestamp @returns {number} the frame nearest to the latest one that has this timestamp */
  #frameOf(timestamp) {
    const frame = (timestamp - this.#placement.rtpOffset + TICKS) % TICKS;
    this.#near = frame + Math.round((this.#near - frame) / TICKS) * TICKS;
    return this.#near;
  }

  /** @param {number} frame @param {Float32Array} samples */
  #give(frame, samples) {
    const firstFrame = frame - this.#placement.lookaheadFrames;
    if (firstFrame < 0) return;
    const { epoch } = this.#placement;
    this.#take(writeMessage({ firstFrame, samples, epoch, sequence: this.#sequence++, rateHz: OPUS_RATE_HZ }));
  }

  /** @returns {Omit<import("./types.js").OpusFigures, "decoder" | "decoderWhy">} */
  figures() {
    return {
      packets: this.packets,
      lostFrames: this.lostFrames,
      concealedFrames: this.#decoder.concealed,
      recoveredPackets: this.#order.recovered,
      latePackets: this.#order.late,
    };
  }

  close() {
    this.#decoder.close();
  }
}
