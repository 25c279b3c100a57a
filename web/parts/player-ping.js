// @ts-check
/**
 * The audio ping of a player: a burst through its strip is asked for by the way that is chosen, the worklet finds it,
 * and what was measured is kept on the server.
 */
import { measurePlayer, relayByHttp } from "../../client/audio-ping.js";
import { browserName, measureSound, submit } from "../../client/latency.js";
import { connect } from "../../client/session.js";
import { element } from "./dom.js";

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {import("../../client/front-door.js").Entry} Entry */
/** @typedef {import("../../client/latency.js").Measured} Measured */
/** @typedef {"websocket" | "datachannel" | "http"} Way */

/** @type {Record<Way, string>} */
export const WAYS = { websocket: "WebSocket", datachannel: "data channel", http: "HTTP relay" };
const RELAY_HOST = "session"; // what the relay's rules call the session itself
const SETTLE_MS = 3000; // what a new line's first second was like has left the jitter buffer's target by then

export class PlayerPing {
  /**
   * @param {object} options
   * @param {Session} options.session
   * @param {Entry} options.entry
   * @param {typeof connect} [options.open] another line to the session
   * @param {number} [options.settleMs] how long such a line is given
   */
  constructor({ session, entry, open = connect, settleMs = SETTLE_MS }) {
    this.#settleMs = settleMs;
    this.#session = session;
    this.#entry = entry;
    this.#open = open;
    this.#way = element("select", { class: "choice", "aria-label": "Way of the pings" },
      ...Object.entries(WAYS).map(([value, text]) => element("option", { value, text })));
    this.#count = element("input", { type: "number", class: "count", min: "5", max: "200", value: "30", "aria-label": "Pings of a player" });
    /** What is chosen, for all players. */
    this.body = element("div", { class: "row" }, element("span", { text: "Ping by", class: "dim" }), this.#way, this.#count, element("span", { text: "times", class: "dim" }));
  }

  #session;
  #entry;
  #open;
  #settleMs;
  #way;
  #count;

  /**
   * Measure one player.
   * @param {string} strip
   * @param {string} name of the player
   * @param {(text: string) => void} say how far it is
   * @returns {Promise<{measured: Measured, about: string}>}
   * @throws {Error} in words, if nothing was heard
   */
  async run(strip, name, say) {
    if (this.#session.state.transport.playing) throw new Error("pause first: a ping is found in silence");
    const way = /** @type {Way} */ (this.#way.value);
    const count = Math.max(5, Math.min(200, Math.round(Number(this.#count.value)) || 30));
    const line = await this.#line(way, say);
    try {
      const measured = await this.#measure(line, way, strip, count, (done) => say(`${done} of ${count}`));
      if (!measured.samplesMs.length) throw new Error("not heard: is the player muted, or its fader down?");
      await submit(line, measured, { client: `${browserName(navigator.userAgent)}, player ${name}`.slice(0, 200), transport: WAYS[way] });
      return { measured, about: `${measured.samplesMs.length} of ${count} pings by ${WAYS[way]}, sound by ${line.stats().transport}` };
    } finally {
      if (line !== this.#session) {
        await line.close();
        await this.#session.listen();
      }
    }
  }

  /**
   * @param {Session} line @param {Way} way @param {string} strip @param {number} count @param {(done: number) => void} progress
   */
  #measure(line, way, strip, count, progress) {
    if (way !== "http") return measureSound(line, count, progress, strip);
    const relay = relayByHttp(this.#entry);
    return measurePlayer(line, { relay, host: RELAY_HOST, address: `/strip/${strip}/ping/freq`, count, progress });
  }

  /**
   * The line of the page, if its commands go the way that is wanted; else a line of its own, while the page's is silent.
   * @param {Way} way @param {(text: string) => void} say
   */
  async #line(way, say) {
    const { control } = this.#session.stats();
    const wanted = way === "datachannel" ? "webrtc" : "websocket";
    if (way === "http" || control === wanted) return this.#session;
    say("opening the line");
    await this.#session.hush();
    const line = await this.#open({ url: this.#entry.ws, token: this.#entry.token, name: "Audio ping", transport: wanted });
    await line.listen();
    await new Promise((resolve) => setTimeout(resolve, this.#settleMs));
    if (line.stats().control === wanted) return line;
    await line.close();
    await this.#session.listen();
    throw new Error(`no ${WAYS[way]} came about: ${line.stats().why}`);
  }
}
