// @ts-check
/** The page's half of the WebRTC line: does with the connection what the Worker orders, and counts for people. */
import { Peer } from "./webrtc.js";

/** @typedef {import("./types.js").PeerOrder} PeerOrder */

/** @type {import("./types.js").RtcFigures} */
const NONE = {
  rtcRoundTripMs: 0, packetsReceived: 0, packetsLost: 0, jitterMs: 0, browserBufferMs: 0, codec: "", cipher: "",
};

export class Peering {
  /**
   * @param {Worker} worker
   * @param {(news: import("./types.js").PeerNews) => void} tell
   */
  constructor(worker, tell) {
    this.#worker = worker;
    this.#tell = tell;
  }

  #worker;
  #tell;
  /** @type {Peer | null} */
  #peer = null;
  /** @type {MediaStreamTrack | null} */
  #track = null;

  figures = NONE;

  /** The track as the browser plays it; null without a connection. */
  get stream() {
    return this.#peer?.stream ?? null;
  }

  /** Let the session hear a track of ours, over this connection and those that follow. @param {MediaStreamTrack | null} track */
  play(track) {
    this.#track = track;
    this.#attempt(this.#peer?.play(track));
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
      case "close":
        return this.close();
    }
  }

  /** @param {Extract<PeerOrder, {kind: "open"}>} order */
  #open({ iceServers, playing, plays }) {
    this.close();
    try {
      const peer = new Peer({ worker: this.#worker, iceServers, playing, plays, tell: (news) => peer === this.#peer && this.#tell(news) });
      this.#peer = peer;
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
  }
}
