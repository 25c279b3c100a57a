// @ts-check
/**
 * The sound by a streaming request of its own. Firefox takes a Worker's WebSocket through the page's thread, where
 * 60 ms of layout are 60 ms without sound; a Worker's streaming fetch does not go that way.
 */
import { FrameAssembler } from "./frame.js";

const RETRY_MS = 300;

export class StreamFetch {
  /**
   * @param {string} url with its token: a request without further headers needs no question beforehand (CORS)
   * @param {(message: DataView) => void} take
   */
  constructor(url, take) {
    this.#url = url;
    this.#take = take;
    void this.#run();
  }

  #url;
  #take;
  #abort = new AbortController();

  close() {
    this.#abort.abort();
  }

  async #run() {
    while (!this.#abort.signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        if (this.#abort.signal.aborted) return;
        console.warn(`telharmonic: the sound's stream broke, trying again: ${error}`);
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  async #read() {
    const { signal } = this.#abort;
    const response = await fetch(this.#url, { signal, cache: "no-store" });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const assembler = new FrameAssembler();
    const reader = response.body.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      assembler.push(value, this.#take);
    }
  }
}
