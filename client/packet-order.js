// @ts-check
/**
 * Puts packets into the order in which they were sent, and says which are lost.
 *
 * A gap is given up as soon as a later packet is there, unless the line has lately brought packets out of order: then
 * it is waited for as long as the worst of them needed. (What is held back so looks late to the playout target, which
 * therefore covers it.)
 */

const LONGEST_WAIT_MS = 40;
const MARGIN = 1.25;
const MEMORY_MS = 30000; // of packets out of order
const JUMP_FRAMES = 24000; // 0.5 s: no gap but another place
const REMEMBERED_GAPS = 32;

/** @typedef {{frame: number, frames: number, data: Uint8Array}} Packet */

export class PacketOrder {
  /**
   * @param {object} to
   * @param {(packet: Packet) => void} to.release the next packet in order
   * @param {(frame: number, frames: number) => void} to.lose frames that will not come
   */
  constructor({ release, lose }) {
    this.#release = release;
    this.#lose = lose;
  }

  #release;
  #lose;
  #next = -1; // frame that is due
  /** @type {Packet[]} after a gap, in order */
  #held = [];
  #missingSinceMs = 0;
  /** @type {{frame: number, sinceMs: number}[]} given up */
  #gaps = [];
  #waitMs = 0;
  #outOfOrderMs = Number.NEGATIVE_INFINITY;

  /** packets that came after they had been given up */
  late = 0;
  /** packets that came only as a copy within another */
  recovered = 0;

  /**
   * A packet came, or a copy of one.
   * @param {Packet} packet its frames placed in the stream
   * @param {number} nowMs
   * @param {boolean} [copy]
   */
  push(packet, nowMs, copy = false) {
    const { frame } = packet;
    if (this.#next < 0 || Math.abs(frame - this.#next) > JUMP_FRAMES) {
      if (copy) return;
      this.#held.length = 0;
      this.#next = frame;
    }
    if (frame < this.#next) {
      if (!copy) this.#tooLate(frame, nowMs);
      return;
    }
    let at = this.#held.length;
    while (at > 0 && this.#held[at - 1].frame > frame) at -= 1;
    if (this.#held[at - 1]?.frame === frame) return;
    if (copy) this.recovered += 1;
    if (this.#held.length === 0) this.#missingSinceMs = nowMs;
    this.#held.splice(at, 0, packet);
    if (!copy) this.#drain(nowMs);
  }

  /** @param {number} frame @param {number} nowMs */
  #tooLate(frame, nowMs) {
    const at = this.#gaps.findIndex((gap) => gap.frame === frame);
    if (at < 0) return; // a second time
    const [{ sinceMs }] = this.#gaps.splice(at, 1);
    this.late += 1;
    this.#outOfOrderMs = nowMs;
    this.#waitMs = Math.max(this.#waitMs, Math.min(LONGEST_WAIT_MS, (nowMs - sinceMs) * MARGIN));
  }

  /** @param {number} nowMs */
  #drain(nowMs) {
    if (nowMs - this.#outOfOrderMs > MEMORY_MS) this.#waitMs = 0;
    for (;;) {
      const packet = this.#held[0];
      if (!packet) return;
      if (packet.frame > this.#next) {
        if (nowMs - this.#missingSinceMs < this.#waitMs) return;
        this.#giveUp(packet);
      }
      this.#held.shift();
      this.#next = packet.frame + packet.frames;
      this.#missingSinceMs = nowMs;
      this.#release(packet);
    }
  }

  /** @param {Packet} until the first that is there */
  #giveUp({ frame, frames }) {
    for (let missing = this.#next; missing < frame; missing += frames) {
      this.#gaps.push({ frame: missing, sinceMs: this.#missingSinceMs });
    }
    this.#gaps.splice(0, this.#gaps.length - REMEMBERED_GAPS);
    this.#lose(this.#next, frame - this.#next);
  }
}
