// @ts-check
/**
 * The Worker's half of the sound: which way it comes, and how it gets into the ring. The words it needs go over the
 * line (`line.js`), the WebRTC connection is the page's (`webrtc.js`), since browsers keep it there.
 */
import { shortFrames } from "./frame.js";
import { Hearing } from "./hearing.js";
import { Intake } from "./intake.js";
import { OPUS_RATE_HZ } from "./opus-intake.js";
import { OpusTrack } from "./opus-track.js";
import { PathChoice } from "./path-choice.js";
import { FLOAT } from "./ring.js";
import { Splice } from "./splice.js";
import { payloadType } from "./webrtc-offer.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").PeerNews} PeerNews */

const NO_TRANSFORM = "this browser hands no encoded sound to scripts";
const WATCH_MS = 10; // how often a WebRTC line is looked after

export class Sound {
  /**
   * @param {object} options
   * @param {import("./types.js").LineOptions} options.line
   * @param {import("./types.js").World} options.world
   * @param {(message: Message) => number} options.ask say something over the WebSocket; returns the id it was given
   * @param {(open: boolean) => void} options.control the control channel opened or shut
   * @param {(text: string) => void} options.hear what came over a data channel
   * @param {(message: import("./types.js").FromHearing) => void} options.player what the worklet says
   * @param {() => number} options.roundTripMs the least of late
   */
  constructor({ line, world, ask, control, hear, player, roundTripMs }) {
    this.#line = line;
    this.#world = world;
    this.#ask = ask;
    this.#control = control;
    this.#hear = hear;
    this.#roundTripMs = roundTripMs;
    this.intake = new Intake(line.memory);
    this.hearing = new Hearing(this.intake, player);
    this.#choice = new PathChoice({
      wanted: line.wanted,
      cannot: "",
      costly: line.playing === "audio" && line.wanted !== "audio" ? NO_TRANSFORM : "",
      act: {
        connect: () => this.#connect(),
        disconnect: () => this.#disconnect(),
        pcm: (on, dead) => this.#pcm(on, dead),
      },
    });
  }

  #line;
  #world;
  #ask;
  #control;
  #hear;
  #roundTripMs;
  #choice;
  #splice = new Splice((message) => this.intake.take(message, this.#world.nowMs()));
  #opus = new OpusTrack({
    take: (message) => this.#splice.take("opus", message),
    nowMs: () => this.#world.nowMs(),
    fail: (reason) => this.#failed(reason),
  });
  #open = false;
  #pcmOn = false;
  #peerOn = false;
  #offerId = -1;
  #plays = false;
  #answered = false;
  #audioConnected = false;
  /** @type {Message[]} candidates that wait for the answer */
  #candidates = [];
  #epoch = 0;
  /** @type {import("./protocol.js").RtcInfo | null} */
  #rtc = null;
  outputMs = 0;

  /** What a hello asks for; null where the sound is asked for later, or has its own request. */
  hello() {
    const first = this.hearing.on && this.#line.pcm === "websocket" && !this.#forced;
    this.#pcmOn = first;
    return first ? this.#line.audio : null;
  }

  get #forced() {
    return this.#line.wanted === "webrtc" || this.#line.wanted === "audio";
  }

  /** @param {Message} message the server's welcome */
  welcomed(message) {
    this.#open = true;
    this.#epoch = message.epoch;
    this.#rtc = message.rtc ?? null;
    const strips = /** @type {{live?: boolean}[]} */ (message.state?.strips ?? []);
    this.#plays ||= message.role === "performer" && strips.some(({ live }) => live);
    this.#choice.cannot = this.#cannot(message.sample_rate_hz);
    const { audio, short } = this.#line;
    if (short && message.role !== "listener") { // who may change the sound hears it sooner
      audio.frames = shortFrames(message.sample_rate_hz);
      if (this.#pcmOn && message.audio?.frames !== audio.frames) this.#ask({ type: "audio", audio });
    }
    if (this.hearing.on) this.#begin();
  }

  /** @param {number} rateHz @returns {string} */
  #cannot(rateHz) {
    if (this.#line.wanted === "websocket" || this.#line.wanted === "fetch") return "asked for";
    if (this.#line.playing === "none") return "this browser has no WebRTC";
    if (!this.#rtc) return "this server has no WebRTC";
    return rateHz === OPUS_RATE_HZ ? "" : `Opus has ${OPUS_RATE_HZ} Hz, the session ${rateHz}`;
  }

  #begin() {
    this.#choice.begin(this.#world.nowMs());
  }

  /** The words' line broke. */
  lost() {
    this.#open = false;
    this.#choice.end();
    this.#pcmOn = false;
    this.#splice.reset();
    this.intake.forget();
  }

  /** @param {MessagePort} port @param {number} outputMs */
  listen(port, outputMs) {
    const was = this.hearing.on;
    this.hearing.begin(port);
    this.outputMs = outputMs;
    if (!was && this.#open) this.#begin();
  }

  hush() {
    this.#choice.end();
    this.#stopPcm();
    this.hearing.end();
    this.#splice.reset();
  }

  /** @param {DataView} message of PCM */
  takePcm(message) {
    this.#guard(() => this.#splice.take("pcm", message));
  }

  /** @param {() => void} take */
  #guard(take) {
    try {
      take();
    } catch (error) {
      console.warn(`telharmonic: an audio message was not taken: ${error}`);
    }
  }

  /** @param {boolean} on @param {boolean} dead */
  #pcm(on, dead) {
    if (!on) {
      this.#splice.change("opus");
      if (this.#line.playing === "audio") this.#stopPcm();
      return;
    }
    this.#splice.change("pcm", { dead });
    if (this.#pcmOn || !this.#open) return;
    this.#pcmOn = true;
    if (this.#line.pcm === "websocket") this.#ask({ type: "audio", audio: this.#line.audio });
    else this.hearing.request(() => this.#world.stream(this.#line.streamUrl, (view) => this.takePcm(view)));
  }

  #stopPcm() {
    if (!this.#pcmOn) return;
    this.#pcmOn = false;
    if (this.#line.pcm === "websocket") this.#ask({ type: "audio", audio: null });
    else this.hearing.request(null);
  }

  #connect() {
    if (this.#line.playing === "none") return;
    this.#peerOn = true;
    this.#answered = this.#audioConnected = false;
    this.#candidates = [];
    if (this.#line.playing === "transform") this.#opus.prepare();
    const iceServers = this.#rtc?.ice_servers ?? [];
    this.#world.post({ kind: "peer", order: { kind: "open", iceServers, playing: this.#line.playing, plays: this.#plays } });
    this.#watch();
  }

  #disconnect() {
    if (!this.#peerOn) return;
    this.#peerOn = false;
    this.#world.post({ kind: "peer", order: { kind: "close" } });
    if (this.#open && this.#offerId >= 0) this.#ask({ type: "rtc_close" });
    this.#offerId = -1;
    this.#opus.end();
    this.#control(false);
  }

  #watch() {
    if (!this.#peerOn) return;
    this.step();
    this.#world.later(() => this.#watch(), WATCH_MS);
  }

  /** Look at how it goes. Call it once a second. */
  step() {
    if (!this.#open || !this.hearing.on) return;
    const nowMs = this.#world.nowMs();
    this.#choice.step(nowMs, {
      roundTripMs: this.#roundTripMs(),
      droppedBlocks: this.intake.dropped,
      opusMs: this.#audioConnected ? nowMs : this.#opus.heardMs,
      spreadMs: this.intake.ring.floats[FLOAT.SPREAD_S] * 1000,
      packetMs: Number(this.#line.opus.frame_ms ?? 5),
    });
    if (this.#choice.state === "opus" && this.#splice.active === "opus") this.#stopPcm();
  }

  /** @param {PeerNews} news from the page */
  peer(news) {
    if (news.kind === "need") return this.#world.post({ kind: "needed", id: news.id, cannot: this.#choice.need(news.why, this.#world.nowMs()) });
    if (!this.#peerOn) return;
    switch (news.kind) {
      case "offer":
        this.#offerId = this.#ask({ type: "rtc_offer", sdp: news.sdp, audio: this.#line.opus });
        return;
      case "candidate":
        this.#candidates.push({ type: "rtc_candidate", candidate: news.candidate, mid: news.mid });
        return this.#trickle();
      case "state":
        if (this.#line.playing === "audio") this.#audioConnected = news.state === "connected";
        if (news.state === "failed" || news.state === "closed") this.#failed(`the connection ${news.state}`);
        return;
      case "failed":
        return this.#failed(news.reason);
      case "control":
        return this.#control(news.open);
      case "text":
        return this.#hear(news.text);
    }
  }

  /** @param {string} reason */
  #failed(reason) {
    this.#choice.failed(reason, this.#world.nowMs());
  }

  #trickle() {
    if (this.#answered) for (const candidate of this.#candidates.splice(0)) this.#ask(candidate);
  }

  /**
   * The server's words about the WebRTC line.
   * @param {Message} message
   * @returns {boolean} whether it was one
   */
  said(message) {
    if (message.type === "rtc_answer") this.#take(message);
    else if (message.type === "rtc_closed") this.#failed(String(message.reason));
    else if (message.type === "error" && message.id === this.#offerId && this.#offerId >= 0) this.#failed(message.message);
    else return false;
    return true;
  }

  /** @param {Message} answer */
  #take({ id, sdp, audio }) {
    if (id !== this.#offerId) return;
    this.#answered = true;
    this.#world.post({ kind: "peer", order: { kind: "answer", sdp } });
    this.#trickle();
    if (!audio || this.#line.playing !== "transform") return;
    const { rtp_offset: rtpOffset, frame, lookahead_frames: lookaheadFrames } = audio;
    const placement = { rtpOffset, frame, lookaheadFrames, epoch: this.#epoch, redType: payloadType(sdp, "red") };
    void this.#opus.begin(placement);
  }

  /** @param {ReadableStream<import("./opus-intake.js").EncodedFrame>} frames of a track, encoded */
  async transformed(frames) {
    const reader = frames.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.#guard(() => this.#opus.push(value));
    }
  }

  /** @returns {import("./types.js").PathFigures} */
  figures() {
    const { state, why } = this.#choice;
    const webrtc = this.#line.playing === "audio" ? "audio" : "webrtc";
    const heard = state === "opus" || (state === "doubt" && this.#splice.active === "opus");
    return { path: heard ? webrtc : this.#line.pcm, connecting: state === "connecting", why, ...this.#opus.figures() };
  }

  end() {
    this.#choice.end();
    this.hearing.end();
  }
}
