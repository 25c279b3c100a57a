// @ts-check
/**
 * Takes audio messages in the Worker: into the shared ring, or on to the worklet where there is none; and remembers
 * when they came.
 */
import { HEADER_BYTES, parseHeader } from "./frame.js";
import { FLOAT, Ring, RingWriter } from "./ring.js";

const REMEMBERED = 512; // messages: 2.6 s of 5 ms ones, 1.3 s of short ones

export class Intake {
  /** @param {SharedArrayBuffer | null} memory of the shared ring */
  constructor(memory) {
    this.#writer = memory ? new RingWriter(new Ring(memory)) : null;
    // Without a shared ring only its fields are kept here, as the worklet reports them.
    this.ring = new Ring(memory ?? Ring.allocate(false, 1024));
  }

  #writer;
  /** @type {MessagePort | null} */
  #port = null;
  #frames = new Float64Array(REMEMBERED).fill(-1);
  #lengths = new Float64Array(REMEMBERED);
  #arrivalsMs = new Float64Array(REMEMBERED);
  #lateMs = new Float64Array(REMEMBERED);
  #count = 0;
  #header = parseHeader(new DataView(new ArrayBuffer(HEADER_BYTES)));

  messages = 0;
  /** blocks that the server did not send since we read too slowly */
  dropped = 0;

  /** @param {MessagePort | null} port to the worklet */
  set port(port) {
    this.#port = port;
  }

  /**
   * Take one message.
   * @param {DataView} view
   * @param {number} nowMs
   * @throws {RangeError} if it is not one of ours
   */
  take(view, nowMs) {
    let header = this.#header;
    if (this.#writer) {
      header = this.#writer.accept(view);
    } else {
      parseHeader(view, header);
      const whole = /** @type {ArrayBuffer} */ (view.buffer).slice(view.byteOffset, view.byteOffset + view.byteLength);
      this.#port?.postMessage(whole, [whole]);
    }
    const at = this.#count++ % REMEMBERED;
    this.#frames[at] = header.firstFrame;
    this.#lengths[at] = header.frames;
    this.#arrivalsMs[at] = nowMs;
    this.#lateMs[at] = nowMs - (header.firstFrame / header.rateHz) * 1000;
    this.messages += 1;
  }

  /**
   * The message that brought a frame.
   * @param {number} frame of the session
   * @returns {{firstFrame: number, arrivalMs: number} | null}
   */
  messageOf(frame) {
    for (let i = 0; i < Math.min(this.#count, REMEMBERED); i++) {
      const first = this.#frames[i];
      if (first <= frame && frame < first + this.#lengths[i]) {
        return { firstFrame: first, arrivalMs: this.#arrivalsMs[i] };
      }
    }
    return null;
  }

  /** How late 95 % of the recent messages came at most, against the luckiest of them; ms. */
  arrivalP95Ms() {
    const late = this.#lateMs.slice(0, Math.min(this.#count, REMEMBERED)).sort();
    return late.length ? Math.min(1e6, late[Math.floor(0.95 * (late.length - 1))] - late[0]) : 0;
  }

  /** Forget arrivals of the stream before. */
  forget() {
    this.#count = 0;
    this.#frames.fill(-1);
  }

  /** Place in the stream of what is played now. */
  get playedFrame() {
    return this.ring.floats[FLOAT.PLAYED_FRAME];
  }
}
