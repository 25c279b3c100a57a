// @ts-check
/**
 * Which way the sound and the commands go: uncompressed PCM over TCP, or Opus over WebRTC.
 *
 * On a short line PCM has the better sound and the same delay, so `auto` begins with it and stays while the round trip
 * is short; on a longer one a lost packet stops TCP for a round trip and more, so there it goes over to WebRTC. What
 * fails is tried again, ever later. It asks no clock and opens nothing: `Sound` does what it says.
 */

const CONNECT_MS = 3000;
const LONG_TRIP_MS = 10; // beyond any LAN's; a lost TCP segment stops the sound for a round trip and more
const KNOWN_MS = 1500; // of echoes, before the round trip is believed
const SILENT_MS = 12; // packets that stay away for so long beyond a frame and the known spread: the way may be broken
const DOUBT_MS = 500; // for so long they may come back; meanwhile PCM is heard
const SURE_MS = 250; // that they did
const RETRY_MS = 2000;
const LONGEST_RETRY_MS = 60000;
const PROVEN_MS = 30000; // a connection that held so long was no failure

/**
 * @typedef {object} Seen
 * @property {number} roundTripMs least of the recent ones; 0 while none is known
 * @property {number} droppedBlocks that the server did not send since TCP stood still
 * @property {number} opusMs when the latest packet came over WebRTC
 * @property {number} spreadMs of the arrivals
 * @property {number} packetMs what one packet sounds
 */

/** @typedef {"pcm" | "connecting" | "opus" | "doubt"} PathState */

export class PathChoice {
  /**
   * @param {object} options
   * @param {"auto" | "webrtc" | "audio" | "websocket" | "fetch"} options.wanted
   * @param {string} options.cannot why WebRTC is not to be had here; empty: it is
   * @param {string} [options.costly] why it costs more delay than PCM does (the browser's own player): then `auto` takes
   *   it only where TCP cannot carry the sound
   * @param {{connect(): void, disconnect(): void, pcm(on: boolean, dead: boolean): void}} options.act
   *   `pcm(false)` once Opus is heard; `dead`: nothing more comes by the other way
   */
  constructor({ wanted, cannot, costly = "", act }) {
    this.#wanted = wanted;
    this.#act = act;
    this.cannot = cannot;
    this.#costly = costly;
  }

  #wanted;
  #act;
  #costly;
  /** @type {PathState} */
  state = "pcm";
  cannot;
  why = "";
  #sinceMs = 0;
  #begunMs = 0;
  #retryMs = 0;
  #failures = 0;
  #reason = ""; // why WebRTC is needed; empty: it is not
  #steppedMs = 0;
  #doubtedMs = 0;

  /** Whether this page asked for WebRTC from the beginning. */
  get forced() {
    return this.#wanted === "webrtc" || this.#wanted === "audio";
  }

  /**
   * The line is open and somebody listens.
   * @param {number} nowMs
   * @param {boolean} [again] there was sound before; then it goes on by PCM until WebRTC is there
   */
  begin(nowMs, again = false) {
    this.state = "pcm";
    this.#begunMs = this.#steppedMs = this.#sinceMs = nowMs;
    if (this.cannot || !this.forced) {
      this.why = this.cannot || (this.#wanted === "auto" ? this.#costly || "the line is short" : "asked for");
      this.#act.pcm(true, true);
    } else {
      if (again) this.#act.pcm(true, true);
      this.#connect(nowMs, "asked for");
    }
  }

  /** Nobody listens, or the line broke. */
  end() {
    if (this.state !== "pcm") this.#act.disconnect();
    this.state = "pcm";
  }

  /** The peer connection broke, or was refused. @param {string} reason @param {number} nowMs */
  failed(reason, nowMs) {
    if (this.state === "pcm") return;
    this.#failures = nowMs - this.#sinceMs > PROVEN_MS ? 1 : this.#failures + 1;
    this.#retryMs = nowMs + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (this.#failures - 1));
    this.state = "pcm";
    this.#sinceMs = nowMs;
    this.why = `WebRTC: ${reason}`;
    this.#act.disconnect();
    this.#act.pcm(true, true);
  }

  /**
   * Look at how it goes; every few ms while a peer is there, else once a second.
   * @param {number} nowMs
   * @param {Seen} seen
   */
  step(nowMs, seen) {
    const stoodStill = nowMs - this.#steppedMs > SILENT_MS; // we ourselves, so what came has not been seen yet
    this.#steppedMs = nowMs;
    switch (this.state) {
      case "pcm":
        return this.#mayConnect(nowMs, seen);
      case "connecting":
        if (seen.opusMs >= this.#sinceMs) this.#connected(nowMs);
        else if (nowMs - this.#sinceMs > CONNECT_MS) this.failed(`no sound came within ${CONNECT_MS / 1000} s`, nowMs);
        return;
      case "opus": {
        const patienceMs = SILENT_MS + seen.packetMs + seen.spreadMs;
        if (!stoodStill && nowMs - seen.opusMs > patienceMs) this.#doubt(nowMs);
        return;
      }
      case "doubt": {
        const back = seen.opusMs > this.#doubtedMs && nowMs - seen.opusMs < SURE_MS / 2;
        if (back && nowMs - this.#doubtedMs > SURE_MS) {
          this.state = "opus";
          this.#act.pcm(false, false);
        } else if (nowMs - this.#doubtedMs > DOUBT_MS) this.failed("its packets stopped coming", nowMs);
      }
    }
  }

  /** Hear PCM at once, and see whether the packets come back: it may have been the server that stood still. */
  #doubt(/** @type {number} */ nowMs) {
    this.state = "doubt";
    this.#doubtedMs = nowMs;
    this.#act.pcm(true, true);
  }

  /** Something can go by WebRTC only: go over to it, and stay; why that cannot be. @param {string} why @param {number} nowMs */
  need(why, nowMs) {
    this.#reason ||= why;
    if (this.state === "pcm" && !this.cannot && nowMs >= this.#retryMs) this.#connect(nowMs, why);
    return this.cannot;
  }

  /** @param {number} nowMs @param {Seen} seen */
  #mayConnect(nowMs, { roundTripMs, droppedBlocks }) {
    if (this.cannot || nowMs < this.#retryMs) return;
    if (this.forced) return this.#connect(nowMs, "asked for");
    if (this.#wanted !== "auto" || nowMs - this.#begunMs < KNOWN_MS) return;
    if (roundTripMs > LONG_TRIP_MS && !this.#costly) this.#reason = `a round trip of ${Math.round(roundTripMs)} ms`;
    else if (droppedBlocks > 0 && roundTripMs > LONG_TRIP_MS / 4) this.#reason = "TCP stood still";
    if (this.#reason) this.#connect(nowMs, this.#reason);
  }

  /** @param {number} nowMs @param {string} why */
  #connect(nowMs, why) {
    this.state = "connecting";
    this.#sinceMs = nowMs;
    this.why = this.#costly ? `${why}; ${this.#costly}` : why;
    this.#act.connect();
  }

  /** @param {number} nowMs */
  #connected(nowMs) {
    this.state = "opus";
    this.#sinceMs = nowMs;
    this.#act.pcm(false, false);
  }
}
