// @ts-check
/**
 * The packets that the browser's own player has played, as the page tells when it is asked. While it does not answer
 * (its thread is busy) nothing is known, and no packet counts as missing.
 */

export class PlayedPackets {
  #latest = -1;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #toldMs = 0;

  /** @param {number} packet the latest, as it names itself; -1: none yet @param {number} nowMs */
  told(packet, nowMs) {
    if (packet !== this.#latest) this.#sinceMs = nowMs;
    this.#latest = packet;
    this.#toldMs = nowMs;
  }

  /** When the latest was played, had the page told it just now; -Infinity before the first. @param {number} nowMs */
  heardMs(nowMs) {
    return nowMs - (this.#toldMs - this.#sinceMs);
  }
}
