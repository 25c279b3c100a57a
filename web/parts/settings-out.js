// @ts-check
/** Many values on their way: in messages that the server takes, no more of them than it takes, the newest values only. */
import { pieces } from "./cloud-values.js";
import { newGesture } from "./gestures.js";

/** @typedef {Record<string, any>} Values by address */
/** @typedef {{rampS?: number, gesture?: number}} Manner */

const PACE_MS = 10; // a message: 100 of the 200 a second that a member may send, the rest is for single controls

export class SettingsOut {
  /**
   * @param {Pick<import("../../client/session.js").Session, "sendCommand">} session
   * @param {(text: string) => void} tell what was refused, and why
   * @param {number} [paceMs]
   */
  constructor(session, tell, paceMs = PACE_MS) {
    this.#session = session;
    this.#tell = tell;
    this.#paceMs = paceMs;
  }

  #session;
  #tell;
  #paceMs;
  #busy = false;
  /** @type {{values: Values, rampS: number | undefined, gesture: number}[]} */
  #waiting = [];

  /**
   * Turn them all: one step of undo, with what else is of the same gesture.
   * @param {Values} values take the place of those of the same gesture that still wait
   * @param {Manner} [manner]
   */
  put(values, { rampS, gesture = newGesture() } = {}) {
    const last = this.#waiting.at(-1);
    if (last && last.gesture === gesture && last.rampS === rampS) Object.assign(last.values, values);
    else this.#waiting.push({ values: { ...values }, rampS, gesture });
    if (!this.#busy) void this.#run();
  }

  async #run() {
    this.#busy = true;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      const { values, rampS, gesture } = next;
      const ramp = rampS === undefined ? {} : { ramp_s: rampS };
      const sent = pieces(values).map((piece) => this.#session.sendCommand({ type: "set_many", values: piece, gesture, ...ramp }));
      const pause = new Promise((resolve) => setTimeout(resolve, this.#paceMs * sent.length));
      const [refused] = (await Promise.allSettled(sent)).filter(({ status }) => status === "rejected");
      if (refused) this.#tell(/** @type {PromiseRejectedResult} */ (refused).reason.message);
      await pause;
    }
    this.#busy = false;
  }
}
