// @ts-check
/** The page's half of the WebRTC line: does with the connection what the Worker orders, and counts for people. */
import { Peer } from "./webrtc.js";

/** @typedef {import("./types.js").PeerOrder} PeerOrder */

/** @type {import("./types.js").RtcFigures} */
const NONE = {
  rtcRoundTripMs: 0, packetsReceived: 0, packetsLost: 0, jitterMs: 0, browserBufferMs: 0, browserConcealedFrames: 0, browserGaps: 0,
  codec: "", cipher: "",
};

export class Peering {
  /**
   * @param {Worker} worker
   * @param {object} to
   * @param {(news: import("./types.js").PeerNews) => void} to.tell
   * @param {() => void} to.blocked `blocked` changed
   */
  constructor(worker, { tell, blocked }) {
    this.#worker = worker;
    this.#tell = tell;
    this.#noticeBlocked = blocked;
  }

  #worker;
  #tell;
  #noticeBlocked;
  #safety = 0;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {MediaStreamTrack | null} */
  #track = null;

  figures = NONE;
  /** whether the browser wants a click before its own player is heard */
  blocked = false;

  /** The track as the browser plays it; null without a connection. */
  get stream() {
    return this.#peer?.stream ?? null;
  }

  /** Let the session hear a track of ours, over this connection and those that follow. @param {MediaStreamTrack | null} track */
  play(track) {
    this.#track = track;
    this.#attempt(this.#peer?.play(track));
  }

  /** How much the browser's own player is to hold. @param {number} safety 0 fast to 1 safe */
  set safety(safety) {
    this.#safety = safety;
    if (this.#peer) this.#peer.safety = safety;
  }

  /** A click came. */
  async resume() {
    await this.#peer?.resume();
  }

  /** @param {boolean} blocked */
  #setBlocked(blocked) {
    if (blocked === this.blocked) return;
    this.blocked = blocked;
    this.#noticeBlocked();
  }

  /** @param {PeerOrder} order */
  obey(order) {
    switch (order.kind) {
      case "open":
        return this.#open(order);
      case "answer":
        return this.#attempt(this.#peer?.answer(order.sdp));
      case "say":
        this.#peer?.say(order.text); // what is not sent is not answered either: it is sent again by the other way
        return;
      case "hear":
        return this.#peer?.hear(order.on);
      case "look":
        if (this.#peer) this.#tell({ kind: "played", packet: this.#peer.played });
        return;
      case "close":
        return this.close();
    }
  }

  /** @param {Extract<PeerOrder, {kind: "open"}>} order */
  #open({ iceServers, playing, plays }) {
    this.close();
    try {
      const tell = (/** @type {import("./types.js").PeerNews} */ news) => peer === this.#peer && this.#tell(news);
      const blocked = (/** @type {boolean} */ is) => peer === this.#peer && this.#setBlocked(is);
      const peer = new Peer({ worker: this.#worker, iceServers, playing, plays, tell, blocked });
      this.#peer = peer;
      peer.safety = this.#safety;
      this.#attempt(peer.play(this.#track));
      this.#attempt(peer.offer());
    } catch (error) {
      this.#tell({ kind: "failed", reason: String(error) });
    }
  }

  /** @param {Promise<void> | undefined} doing */
  #attempt(doing) {
    doing?.catch((error) => this.#tell({ kind: "failed", reason: String(error) }));
  }

  /** Count anew. Call it once a second. */
  async count() {
    const peer = this.#peer;
    const figures = (await peer?.figures()) ?? NONE;
    if (peer === this.#peer) this.figures = figures;
  }

  close() {
    this.#peer?.close();
    this.#peer = null;
    this.figures = NONE;
    this.#setBlocked(false);
  }
}
