// @ts-check
/** The server's monotonic clock against ours, from echoes: the one with the least round trip is the best. */

const KEPT = 32;

export class ServerClock {
  /** @type {{roundTripMs: number, offsetMs: number}[]} */
  #echoes = [];

  /**
   * @param {number} sentMs our clock
   * @param {number} serverMs the server's, when it answered
   * @param {number} receivedMs our clock
   */
  echo(sentMs, serverMs, receivedMs) {
    this.#echoes.push({ roundTripMs: receivedMs - sentMs, offsetMs: serverMs - (sentMs + receivedMs) / 2 });
    if (this.#echoes.length > KEPT) this.#echoes.shift();
  }

  /** Forget, as after a reconnect: another process may answer. */
  reset() {
    this.#echoes = [];
  }

  /** The server's clock less ours, ms; NaN before the first echo. */
  get offsetMs() {
    return this.#best()?.offsetMs ?? Number.NaN;
  }

  /** Median round trip, ms; 0 before the first echo. */
  get roundTripMs() {
    const sorted = this.#echoes.map((echo) => echo.roundTripMs).sort((a, b) => a - b);
    return sorted.length ? sorted[sorted.length >> 1] : 0;
  }

  /** Least round trip of late, ms; 0 before the first echo. */
  get leastRoundTripMs() {
    return this.#best()?.roundTripMs ?? 0;
  }

  #best() {
    return this.#echoes.reduce(
      (/** @type {{roundTripMs: number, offsetMs: number} | null} */ best, echo) =>
        best && best.roundTripMs <= echo.roundTripMs ? best : echo,
      null,
    );
  }
}
