// @ts-check
/** What the page has sent by the OSC relay: the newest value of each message, one queue at a time. */

/** @typedef {(string | number)[]} Item host, address, then a type and a value for each argument */

const QUEUE_LIMIT = 64; // messages to a queue

export class OscOut {
  /**
   * @param {(queue: Item[]) => Promise<unknown>} send
   * @param {(text: string) => void} tell what was refused, and why
   */
  constructor(send, tell) {
    this.#send = send;
    this.#tell = tell;
  }

  #send;
  #tell;
  #busy = false;
  /** @type {Map<string, Item>} what waits, by host and address */
  #waiting = new Map();

  /** @param {Item} item takes the place of one to the same address that still waits */
  put(item) {
    this.#waiting.set(`${item[0]} ${item[1]}`, item);
    if (!this.#busy) void this.#run();
  }

  async #run() {
    this.#busy = true;
    while (this.#waiting.size > 0) {
      const queue = [...this.#waiting.values()].slice(0, QUEUE_LIMIT);
      for (const [host, address] of queue) this.#waiting.delete(`${host} ${address}`);
      try {
        await this.#send(queue);
        this.#tell("");
      } catch (error) {
        this.#tell(error instanceof Error ? error.message : String(error));
      }
    }
    this.#busy = false;
  }
}
