// @ts-check
/**
 * The WebRTC line's end in the page, where browsers keep it: connection and data channels. The encoded sound goes to
 * the Worker by a transform; where there is none, an audio element plays it.
 */
import { askForMusic, askForStereo } from "./webrtc-offer.js";

/** @typedef {import("./types.js").PeerNews} PeerNews */
/** @typedef {import("./types.js").PeerOrder} PeerOrder */

const FADE_STEPS = 5;
const FADE_STEP_MS = 4; // browsers let timers come no more often
const USUAL = 0.25; // safety up to which the browser's own player may hold as little as it dares
const SAFE_MS = 100; // what it holds at least where safety is 1

/** The transform's constructor, where the browser has one. @returns {any} */
const transformOf = () => /** @type {any} */ (globalThis).RTCRtpScriptTransform;

/** What this browser can do with WebRTC. @returns {"transform" | "audio" | "none"} */
export function webRtcAbility() {
  if (typeof globalThis.RTCPeerConnection !== "function") return "none";
  const decodes = typeof globalThis.WebAssembly === "object" || typeof globalThis.AudioDecoder === "function";
  return typeof transformOf() === "function" && decodes ? "transform" : "audio";
}

export class Peer {
  /**
   * @param {object} options
   * @param {Worker} options.worker takes the encoded sound
   * @param {import("./protocol.js").IceServer[]} options.iceServers
   * @param {"transform" | "audio"} options.playing
   * @param {boolean} options.plays whether a track of ours may be heard by the session
   * @param {(news: PeerNews) => void} options.tell
   * @param {(blocked: boolean) => void} options.blocked whether the browser wants a click before it plays
   */
  constructor({ worker, iceServers, playing, plays, tell, blocked }) {
    this.#tell = tell;
    this.#blocked = blocked;
    const servers = /** @type {RTCIceServer[]} */ (iceServers);
    this.#connection = new RTCPeerConnection({ iceServers: servers, bundlePolicy: "max-bundle" });
    const { receiver, sender } = this.#connection.addTransceiver("audio", { direction: plays ? "sendrecv" : "recvonly" });
    this.#sender = plays ? sender : null;
    this.#receiver = receiver;
    if (playing === "transform") receiver.transform = new (transformOf())(worker, {});
    // Chromium delivers nothing of a track that no element plays
    this.#audio.muted = playing === "transform";
    this.#audio.srcObject = new MediaStream([receiver.track]);
    this.#channels = {
      control: this.#connection.createDataChannel("control"),
      meters: this.#connection.createDataChannel("meters", { ordered: false, maxRetransmits: 0 }),
    };
    this.#listen();
  }

  #tell;
  #blocked;
  #connection;
  #receiver;
  /** @type {RTCRtpSender | null} */
  #sender;
  #audio = new Audio();
  #channels;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fade;
  #counted = { delayS: 0, frames: 0 }; // by the browser's buffer, when it was counted last

  #listen() {
    const connection = this.#connection;
    connection.onicecandidate = ({ candidate }) => {
      this.#tell({ kind: "candidate", candidate: candidate?.candidate ?? "", mid: candidate?.sdpMid ?? null });
    };
    connection.onconnectionstatechange = () => this.#tell({ kind: "state", state: connection.connectionState });
    for (const channel of Object.values(this.#channels)) {
      channel.onmessage = ({ data }) => this.#tell({ kind: "text", text: String(data) });
    }
    const { control } = this.#channels;
    control.onopen = () => this.#tell({ kind: "control", open: true });
    control.onclose = () => this.#tell({ kind: "control", open: false });
  }

  /** Let the element play. One that sounds needs a click that the browser believes in: call it again in one. */
  async resume() {
    try {
      await this.#audio.play();
      this.#blocked(false);
    } catch (error) {
      if (/** @type {Error} */ (error).name === "NotAllowedError") this.#blocked(true); // else it was closed meanwhile
    }
  }

  /** Let the browser's own player be heard, or not, by a short fade. @param {boolean} on */
  hear(on) {
    clearTimeout(this.#fade);
    const audio = this.#audio;
    const step = (on ? 1 : -1) / FADE_STEPS;
    const turn = () => {
      audio.volume = Math.min(1, Math.max(0, audio.volume + step));
      if (audio.volume !== (on ? 1 : 0)) this.#fade = setTimeout(turn, FADE_STEP_MS);
    };
    turn();
  }

  /** The latest packet that the browser has played: its RTP timestamp; -1 before the first. */
  get played() {
    return this.#receiver.getSynchronizationSources()[0]?.rtpTimestamp ?? -1;
  }

  /** How much the browser's own player holds at least. @param {number} safety 0 fast to 1 safe */
  set safety(safety) {
    /** @type {{jitterBufferTarget?: number | null}} */ (this.#receiver).jitterBufferTarget =
      (SAFE_MS * Math.max(0, safety - USUAL)) / (1 - USUAL);
  }

  /** Make the offer, and tell it. */
  async offer() {
    const connection = this.#connection;
    void this.resume();
    const { sdp = "" } = await connection.createOffer();
    await connection.setLocalDescription({ type: "offer", sdp: askForStereo(sdp) });
    this.#tell({ kind: "offer", sdp: connection.localDescription?.sdp ?? "" });
  }

  /** @param {string} sdp */
  async answer(sdp) {
    await this.#connection.setRemoteDescription({ type: "answer", sdp: askForMusic(sdp) });
  }

  /** Let the session hear a track of ours, or (null) none. @param {MediaStreamTrack | null} track */
  async play(track) {
    await this.#sender?.replaceTrack(track);
  }

  /** Say something over the control channel; false if it is not open. @param {string} text */
  say(text) {
    const { control } = this.#channels;
    if (control.readyState !== "open") return false;
    control.send(text);
    return true;
  }

  /** The track as the browser plays it, for those who want to look at it. */
  get stream() {
    return /** @type {MediaStream} */ (this.#audio.srcObject);
  }

  /** What the browser counts. @returns {Promise<import("./types.js").RtcFigures>} */
  async figures() {
    const reports = /** @type {any[]} */ ([...(/** @type {any} */ (await this.#connection.getStats())).values()]);
    const of = (/** @type {string} */ type) => reports.find((report) => report.type === type) ?? {};
    const inbound = reports.find((report) => report.type === "inbound-rtp" && report.kind === "audio") ?? {};
    const pair = reports.find((report) => report.type === "candidate-pair" && report.nominated) ?? {};
    const codec = reports.find((report) => report.id === inbound.codecId) ?? {};
    const { jitterBufferDelay: delayS = 0, jitterBufferEmittedCount: frames = 0 } = inbound;
    const before = this.#counted;
    this.#counted = { delayS, frames };
    const heldMs = (1000 * (delayS - before.delayS)) / (frames - before.frames || 1);
    return {
      rtcRoundTripMs: (pair.currentRoundTripTime ?? 0) * 1000,
      packetsReceived: inbound.packetsReceived ?? 0,
      packetsLost: inbound.packetsLost ?? 0,
      jitterMs: (inbound.jitter ?? 0) * 1000,
      browserBufferMs: heldMs,
      browserConcealedFrames: inbound.concealedSamples ?? 0,
      browserGaps: inbound.concealmentEvents ?? 0,
      codec: [codec.mimeType, codec.sdpFmtpLine].filter(Boolean).join(" "),
      cipher: of("transport").srtpCipher ?? "",
    };
  }

  close() {
    clearTimeout(this.#fade);
    const connection = this.#connection;
    connection.onconnectionstatechange = connection.onicecandidate = null;
    for (const channel of Object.values(this.#channels)) channel.onmessage = channel.onopen = channel.onclose = null;
    connection.close();
    this.#audio.srcObject = null;
  }
}
