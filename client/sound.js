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
import { PcmRequest } from "./pcm-request.js";
import { PlayedPackets } from "./played-packets.js";
import { FLOAT, INT } from "./ring.js";
import { Signalling } from "./signalling.js";
import { Splice } from "./splice.js";
import { payloadType } from "./webrtc-offer.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").PeerNews} PeerNews */

const NO_TRANSFORM = "this browser hands no encoded sound to scripts";
const WATCH_MS = { transform: 5, audio: 10, none: 1000 }; // how often a WebRTC line is looked after
const PLAYED_MS = 20; // the browser's own player takes 10 ms at a time, and is asked every 10

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
    this.#control = control;
    this.#hear = hear;
    this.#roundTripMs = roundTripMs;
    this.intake = new Intake(line.memory);
    this.hearing = new Hearing(this.intake, player);
    const stream = () => world.stream(line.streamUrl, (view) => this.takePcm(view));
    this.#pcm = new PcmRequest({ line, ask, hearing: this.hearing, stream });
    this.#signalling = new Signalling(ask);
    this.#choice = new PathChoice({
      wanted: line.wanted,
      cannot: "",
      costly: line.playing === "audio" && line.wanted !== "audio" ? NO_TRANSFORM : "",
      act: {
        connect: () => this.#connect(),
        disconnect: () => this.#disconnect(),
        pcm: (on, dead) => this.#change(on, dead),
      },
    });
  }

  #line;
  #world;
  #control;
  #hear;
  #roundTripMs;
  #choice;
  #pcm;
  #signalling;
  #splice = new Splice((message) => this.intake.take(message, this.#world.nowMs()));
  #opus = new OpusTrack({
    take: (message) => this.#splice.take("opus", message),
    nowMs: () => this.#world.nowMs(),
    fail: (reason) => this.#failed(reason),
  });
  #open = false;
  #peerOn = false;
  #watches = 0;
  #plays = false;
  #played = new PlayedPackets();
  #hears = true; // whether the browser's own player may be heard
  #epoch = -1;
  /** @type {import("./protocol.js").RtcInfo | null} */
  #rtc = null;

  /** What a hello asks for; null where the sound is asked for later, or has its own request, or goes on by WebRTC. */
  hello() {
    const again = this.#epoch >= 0; // there was sound before: PCM is heard until WebRTC is back
    const first = this.hearing.on && this.#pcm.withWords && !this.#peerOn && (again || !this.#choice.forced);
    this.#pcm.on = first;
    return first ? this.#line.audio : null;
  }

  /** @param {Message} message the server's welcome */
  welcomed(message) {
    const kept = this.#peerOn && message.rtc?.kept === true;
    if (!kept) this.#forget();
    const again = this.#epoch >= 0;
    this.#open = true;
    this.#epoch = message.epoch;
    this.#rtc = message.rtc ?? null;
    const strips = /** @type {{live?: boolean}[]} */ (message.state?.strips ?? []);
    this.#plays ||= message.role === "performer" && strips.some(({ live }) => live);
    this.#choice.cannot = this.#cannot(message.sample_rate_hz);
    const { audio, short } = this.#line;
    if (short && message.role !== "listener") { // who may change the sound hears it sooner
      audio.frames = shortFrames(message.sample_rate_hz);
      if (message.audio?.frames !== audio.frames) this.#pcm.change();
    }
    if (this.hearing.on && !kept) this.#choice.begin(this.#world.nowMs(), again);
  }

  /** @param {number} rateHz @returns {string} */
  #cannot(rateHz) {
    if (this.#line.wanted === "websocket" || this.#line.wanted === "fetch") return "asked for";
    if (this.#line.playing === "none") return "this browser has no WebRTC";
    if (!this.#rtc) return "this server has no WebRTC";
    return rateHz === OPUS_RATE_HZ ? "" : `Opus has ${OPUS_RATE_HZ} Hz, the session ${rateHz}`;
  }

  /** The words' line broke. Sound that comes by WebRTC goes on: the server keeps that connection for a while. */
  lost() {
    this.#open = this.#pcm.on = false;
    if (this.#choice.state !== "opus") this.#forget();
  }

  #forget() {
    this.#choice.end();
    this.#splice.reset();
    this.intake.forget();
  }

  /** @param {MessagePort} port to the worklet */
  listen(port) {
    const was = this.hearing.on;
    this.hearing.begin(port);
    if (!was && this.#open) this.#choice.begin(this.#world.nowMs());
  }

  hush() {
    this.#choice.end();
    this.#pcm.end();
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

  /** Hear PCM, or (false) what comes by WebRTC. @param {boolean} on @param {boolean} dead */
  #change(on, dead) {
    this.#splice.change(on ? "pcm" : "opus", { dead });
    if (on && this.#open) this.#pcm.begin();
    if (!on && this.#line.playing === "audio") this.#pcm.end();
  }

  #connect() {
    if (this.#line.playing === "none") return;
    this.#peerOn = true;
    this.#played = new PlayedPackets();
    this.#hears = true;
    this.#signalling.begin();
    if (this.#line.playing === "transform") this.#opus.prepare();
    const iceServers = this.#rtc?.ice_servers ?? [];
    this.#world.post({ kind: "peer", order: { kind: "open", iceServers, playing: this.#line.playing, plays: this.#plays } });
    this.#watch(++this.#watches);
  }

  #disconnect() {
    if (!this.#peerOn) return;
    this.#peerOn = false;
    this.#world.post({ kind: "peer", order: { kind: "close" } });
    this.#signalling.end();
    this.#opus.end();
    this.#control(false);
  }

  /** @param {number} watch the latest goes on */
  #watch(watch) {
    if (!this.#peerOn || watch !== this.#watches) return;
    this.step();
    this.#world.later(() => this.#watch(watch), WATCH_MS[this.#line.playing]);
  }

  /** Look at how it goes. Call it once a second. */
  step() {
    if (!(this.#open || this.#peerOn) || !this.hearing.on) return;
    const nowMs = this.#world.nowMs();
    const byBrowser = this.#line.playing === "audio";
    const frameMs = Number(this.#line.opus.frame_ms ?? 5);
    this.#choice.step(nowMs, {
      roundTripMs: this.#roundTripMs(),
      droppedBlocks: this.intake.dropped,
      opusMs: byBrowser ? this.#played.heardMs(nowMs) : this.#opus.heardMs,
      spreadMs: this.intake.ring.floats[FLOAT.SPREAD_S] * 1000,
      packetMs: byBrowser ? Math.max(PLAYED_MS, frameMs) : frameMs,
    });
    if (this.#choice.state === "opus" && this.#splice.active === "opus") this.#pcm.end();
    if (byBrowser && this.#peerOn) this.#lookAtPlayer();
  }

  /** The browser's own player is heard until PCM is. */
  #lookAtPlayer() {
    const hears = this.#choice.state === "opus" || this.intake.ring.ints[INT.PLAYING] === 0;
    if (hears !== this.#hears) this.#world.post({ kind: "peer", order: { kind: "hear", on: hears } });
    this.#hears = hears;
    this.#world.post({ kind: "peer", order: { kind: "look" } });
  }

  /** @param {PeerNews} news from the page */
  peer(news) {
    if (news.kind === "need") return this.#world.post({ kind: "needed", id: news.id, cannot: this.#choice.need(news.why, this.#world.nowMs()) });
    if (!this.#peerOn) return;
    switch (news.kind) {
      case "offer":
        return this.#signalling.offer(news.sdp, this.#line.opus);
      case "candidate":
        return this.#signalling.candidate(news.candidate, news.mid);
      case "state":
        if (news.state === "failed" || news.state === "closed") this.#failed(`the connection ${news.state}`);
        return;
      case "played":
        return this.#played.told(news.packet, this.#world.nowMs());
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

  /**
   * The server's words about the WebRTC line.
   * @param {Message} message
   * @returns {boolean} whether it was one
   */
  said(message) {
    if (message.type === "rtc_answer") this.#take(message);
    else if (message.type === "rtc_closed") this.#failed(String(message.reason));
    else if (message.type === "error" && this.#signalling.isAbout(message)) this.#failed(message.message);
    else return false;
    return true;
  }

  /** @param {Message} answer */
  #take(answer) {
    if (!this.#signalling.isAbout(answer)) return;
    const { sdp, audio } = answer;
    this.#world.post({ kind: "peer", order: { kind: "answer", sdp } });
    this.#signalling.answered();
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
