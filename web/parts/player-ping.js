// @ts-check
/**
 * The audio ping of a player: a burst through its strip is asked for by the way that is chosen, the worklet finds it,
 * and what was measured is kept on the server.
 */
import { measurePlayer, relayByHttp, relayByLine } from "../../client/audio-ping.js";
import { browserName, measureSound, orAbort, submit } from "../../client/latency.js";
import { connect } from "../../client/session.js";
import { element } from "./dom.js";
import { whySilent } from "./silence.js";

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {import("../../client/front-door.js").Entry} Entry */
/** @typedef {import("../../client/latency.js").Measured} Measured */
/** @typedef {"websocket" | "datachannel" | "http"} Way */
/** @typedef {{name: string, strip: string}} StripPlayer a strip of the session */
/** @typedef {{name: string, host: string, address: string, freqHz?: number}} RelayPlayer a program behind the OSC relay */

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
  #pinged = ""; // name of the player: two at once would hear each other's bursts

  /**
   * Measure one player.
   * @param {StripPlayer | RelayPlayer} player
   * @param {(text: string) => void} say how far it is
   * @param {AbortSignal} [signal] cancels it
   * @returns {Promise<{measured: Measured, about: string}>}
   * @throws {Error} in words, if nothing was heard or could be heard, or with the signal's reason; nothing is kept then
   */
  async run(player, say, signal) {
    if (this.#pinged) throw new Error(`${this.#pinged} is being pinged: wait, or cancel that first`);
    if (!this.#session.audible) throw new Error("nothing is listened to on this page, and a ping must be heard");
    const stop = new AbortController();
    const cancel = () => stop.abort(signal?.reason);
    const look = () => {
      const why = "strip" in player ? this.#whyNot(player.strip) : "";
      if (why) stop.abort(new Error(why));
    };
    look();
    stop.signal.throwIfAborted();
    this.#pinged = player.name;
    signal?.addEventListener("abort", cancel);
    const leave = /** @type {const} */ (["transport", "state", "change"]).map((event) => this.#session.on(event, look));
    try {
      return await this.#run(player, say, stop.signal);
    } finally {
      for (const each of leave) each();
      signal?.removeEventListener("abort", cancel);
      this.#pinged = "";
    }
  }

  /** Why a strip's ping would not be found now. @param {string} strip */
  #whyNot(strip) {
    const { state } = this.#session;
    if (state.transport.playing) return "pause first: a ping is found in silence";
    const why = whySilent(state, `strip/${strip}`);
    return why && `it cannot be heard: ${why}`;
  }

  /** @param {StripPlayer | RelayPlayer} player @param {(text: string) => void} say @param {AbortSignal} signal */
  async #run(player, say, signal) {
    const way = /** @type {Way} */ (this.#way.value);
    const count = Math.max(5, Math.min(200, Math.round(Number(this.#count.value)) || 30));
    const line = await this.#line(way, say);
    try {
      if (line !== this.#session) await this.#settle(line, way, signal);
      const measured = await this.#measure(line, way, player, { count, signal, progress: (done) => say(`${done} of ${count}`) });
      if (!measured.samplesMs.length) throw new Error("not heard: is the player muted, or turned down?");
      await submit(line, measured, { client: `${browserName(navigator.userAgent)}, player ${player.name}`.slice(0, 200), transport: WAYS[way] });
      return { measured, about: `${measured.samplesMs.length} of ${count} pings by ${WAYS[way]}, sound by ${line.stats().transport}` };
    } finally {
      if (line !== this.#session) {
        await line.close();
        await this.#session.listen();
      }
    }
  }

  /**
   * @param {Session} line @param {Way} way @param {StripPlayer | RelayPlayer} player
   * @param {{count: number, signal: AbortSignal, progress: (done: number) => void}} how
   */
  #measure(line, way, player, { count, signal, progress }) {
    if ("strip" in player && way !== "http") return measureSound(line, count, progress, player.strip, signal);
    const relay = way === "http" ? relayByHttp(this.#entry) : relayByLine(line);
    const behind = "strip" in player ? { host: RELAY_HOST, address: `/strip/${player.strip}/ping/freq` } : player;
    return measurePlayer(line, { ...behind, relay, count, progress, signal });
  }

  /**
   * The line of the page, if its commands go the way that is wanted; else a line of its own, while the page's is silent.
   * @param {Way} way @param {(text: string) => void} say
   */
  async #line(way, say) {
    const wanted = controlOf(way);
    if (way === "http" || this.#session.stats().control === wanted) return this.#session;
    say("opening the line");
    await this.#session.hush();
    const { ws: url, token } = this.#entry;
    return this.#open({ url, token, name: "Audio ping", transport: wanted }).catch(async (error) => {
      await this.#session.listen();
      throw error;
    });
  }

  /** @param {Session} line @param {Way} way @param {AbortSignal} signal */
  async #settle(line, way, signal) {
    await line.listen();
    await orAbort(new Promise((resolve) => setTimeout(resolve, this.#settleMs)), signal);
    if (line.stats().control !== controlOf(way)) throw new Error(`no ${WAYS[way]} came about: ${line.stats().why}`);
  }
}

/** How commands go then. @param {Way} way */
function controlOf(way) {
  return way === "datachannel" ? "webrtc" : "websocket";
}
