// @ts-check
/** PCM, asked for and given up: over the words' line, or by a streaming request of its own. */

export class PcmRequest {
  /**
   * @param {object} options
   * @param {import("./types.js").LineOptions} options.line
   * @param {(message: import("./types.js").Message) => number} options.ask says something over the words' line
   * @param {import("./hearing.js").Hearing} options.hearing has the request of its own
   * @param {() => {close: () => void}} options.stream makes that request
   */
  constructor({ line, ask, hearing, stream }) {
    this.#line = line;
    this.#ask = ask;
    this.#hearing = hearing;
    this.#stream = stream;
  }

  #line;
  #ask;
  #hearing;
  #stream;

  /** whether it was asked for */
  on = false;

  /** Whether it comes with the words, so that a hello can ask for it. */
  get withWords() {
    return this.#line.pcm === "websocket";
  }

  begin() {
    if (this.on) return;
    this.on = true;
    if (this.withWords) this.#ask({ type: "audio", audio: this.#line.audio });
    else this.#hearing.request(this.#stream);
  }

  end() {
    if (!this.on) return;
    this.on = false;
    if (this.withWords) this.#ask({ type: "audio", audio: null });
    else this.#hearing.request(null);
  }

  /** It comes in another shape from now on. */
  change() {
    if (this.on && this.withWords) this.#ask({ type: "audio", audio: this.#line.audio });
  }
}
