// @ts-check
/** The talk with the server about a WebRTC connection: its offer, the answer, and candidates, which wait for the answer. */

/** @typedef {import("./types.js").Message} Message */

const NONE = -1;

export class Signalling {
  /** @param {(message: Message) => number} ask says something over the words' line; returns the id it was given */
  constructor(ask) {
    this.#ask = ask;
  }

  #ask;
  #offerId = NONE;
  #answered = false;
  /** @type {Message[]} */
  #candidates = [];

  /** Another connection. */
  begin() {
    this.#offerId = NONE;
    this.#answered = false;
    this.#candidates = [];
  }

  /** @param {string} sdp @param {import("./protocol.js").OpusRequest} audio */
  offer(sdp, audio) {
    this.#offerId = this.#ask({ type: "rtc_offer", sdp, audio });
  }

  /** @param {string} candidate @param {string | null} mid */
  candidate(candidate, mid) {
    this.#candidates.push({ type: "rtc_candidate", candidate, mid });
    if (this.#answered) this.#trickle();
  }

  #trickle() {
    for (const candidate of this.#candidates.splice(0)) this.#ask(candidate);
  }

  /** Whether a message of the server's is about our offer. @param {Message} message */
  isAbout({ id }) {
    return id === this.#offerId && this.#offerId !== NONE;
  }

  /** The answer came, and was taken. */
  answered() {
    this.#answered = true;
    this.#trickle();
  }

  /** The connection is given up. */
  end() {
    if (this.#offerId !== NONE) this.#ask({ type: "rtc_close" });
    this.begin();
  }
}
