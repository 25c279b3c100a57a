// What the modules of this library hand to each other. What goes over the line is in protocol.d.ts.
import type * as protocol from "./protocol.js";

/** A message of telharmonic.v1 as it is passed on; `type` says which one of protocol.d.ts it is. */
export type Message = { type: string; id?: number } & Record<string, any>;

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
type Questions = protocol.Echo | protocol.Hello | protocol.Stats | protocol.Audio;

/** A command for `sendCommand`: a message of telharmonic.v1 without its id, or dspNode's payload. */
export type Command =
  | WithoutId<Exclude<protocol.ClientMessage, Questions | protocol.DspNodeCommand>>
  | protocol.DspNodeCommand
  | { type: "echo" };

export type LinkState = "connecting" | "open" | "waiting" | "closed";

/** How the line is. */
export interface Link {
  state: LinkState;
  /** attempts since it was lost */
  attempts: number;
  /** why it is not open */
  reason: string;
}

/** auto: PCM while the line is short, else WebRTC; audio: WebRTC played by the browser itself */
export type WantedTransport = "auto" | "webrtc" | "audio" | "websocket" | "fetch";
export type Path = Exclude<WantedTransport, "auto">;

export interface LineOptions {
  url: string;
  /** with its token */
  streamUrl: string;
  token: string;
  name: string;
  metersHz: number;
  /** what the page asked for */
  wanted: WantedTransport;
  /** how PCM comes: websocket: with the control messages; fetch: by a streaming request of its own */
  pcm: "websocket" | "fetch";
  /** what the browser can do with a WebRTC track: hand its encoded sound to the Worker, only play it, nothing */
  playing: "transform" | "audio" | "none";
  audio: protocol.AudioRequest;
  /** whether messages of PCM may be shorter than `audio` says for who may change the sound */
  short: boolean;
  opus: protocol.OpusRequest;
  /** the shared ring; null where the page is not cross-origin isolated */
  memory: SharedArrayBuffer | null;
}

/** Page to Worker. Times `atMs` are `performance.timeOrigin + performance.now()`. */
export type ToLine =
  | { kind: "open"; options: LineOptions }
  | { kind: "command"; id: number; message: Message; atMs: number }
  | { kind: "listen"; port: MessagePort; outputMs: number }
  | { kind: "output"; outputMs: number }
  | { kind: "hush" }
  | { kind: "arm"; id: number }
  | { kind: "hurry" }
  | { kind: "peer"; news: PeerNews }
  | { kind: "close" };

/** What the page's WebRTC connection tells the Worker. */
export type PeerNews =
  | { kind: "need"; id: number; why: string }
  | { kind: "offer"; sdp: string }
  | { kind: "candidate"; candidate: string; mid: string | null }
  | { kind: "state"; state: RTCPeerConnectionState }
  | { kind: "played"; packet: number }
  | { kind: "failed"; reason: string }
  | { kind: "control"; open: boolean }
  | { kind: "text"; text: string };

/** What the Worker wants of the page's WebRTC connection. */
export type PeerOrder =
  | { kind: "open"; iceServers: protocol.IceServer[]; playing: "transform" | "audio"; plays: boolean }
  | { kind: "answer"; sdp: string }
  | { kind: "say"; text: string }
  | { kind: "hear"; on: boolean }
  | { kind: "look" }
  | { kind: "close" };

/** One measured ping. All in ms of the Worker's clock; the server's stamps are moved onto it. */
export interface PingResult {
  totalMs: number;
  split: { control: number; wait: number; render: number; network: number; ring: number; output: number };
}

/** The sound that the worklet was told to listen for; times are of `performance.timeOrigin + performance.now()`. */
export interface OnsetHeard {
  /** its place in the stream; may lie between frames */
  frame: number;
  atMs: number;
  /** of the message that brought it */
  firstFrame: number;
  arrivalMs: number;
  /** what the browser says its way to the loudspeaker takes, beyond `atMs` */
  outputMs: number;
}

export interface LineFigures {
  roundTripMs: number;
  arrivalP95Ms: number;
  droppedBlocks: number;
  messages: number;
  controlToSoundMs: number;
  clockOffsetMs: number;
}

/** What is counted of a WebRTC track in the Worker. Frames are at 48 kHz. */
export interface OpusFigures {
  packets: number;
  /** that came neither by themselves nor as a copy in another packet */
  lostFrames: number;
  /** of them, filled in by the decoder or from the sound before */
  concealedFrames: number;
  /** that came only as a copy in another packet */
  recoveredPackets: number;
  /** that came after they had been given up */
  latePackets: number;
  /** which decoder was taken: wasm, webcodecs; empty before one was needed */
  decoder: string;
  /** what the trial of all decoders found */
  decoderWhy: string;
}

/** Interleaved stereo; null for a packet that the decoder refused. */
export type OpusSound = Float32Array | null;

/** An Opus decoder. It answers every packet once, in order, at once or later. */
export interface OpusCodec {
  decode(packet: Uint8Array): void;
  give: (samples: OpusSound) => void;
  close(): void;
}

/** Which way the sound and the words go. */
export interface PathFigures extends OpusFigures {
  path: Path;
  /** a WebRTC connection is being tried */
  connecting: boolean;
  /** why this way */
  why: string;
}

/** What the browser counts of the WebRTC connection; zeros and empty without one. */
export interface RtcFigures {
  rtcRoundTripMs: number;
  packetsReceived: number;
  packetsLost: number;
  jitterMs: number;
  /** the browser's own jitter buffer, which only the path `audio` is heard through */
  browserBufferMs: number;
  /** what it filled in where packets were missing, frames at 48 kHz, and how often */
  browserConcealedFrames: number;
  browserGaps: number;
  codec: string;
  cipher: string;
}

/** Worker to page. */
export type FromLine =
  | { kind: "link"; link: Link }
  | { kind: "message"; message: Message }
  | { kind: "settled"; id: number; message: Message }
  | { kind: "failed"; id: number; code: string; reason: string }
  | { kind: "figures"; figures: LineFigures & PathFigures & { control: "webrtc" | "websocket" } }
  | { kind: "peer"; order: PeerOrder }
  | { kind: "player"; ints: Int32Array; floats: Float64Array }
  | { kind: "needed"; id: number; cannot: string }
  | { kind: "armed"; id: number }
  | { kind: "ping"; id: number; result: PingResult }
  | { kind: "onset"; onset: OnsetHeard }
  | { kind: "stalled" };

/** Worker to worklet, over their own channel; also whole audio messages (ArrayBuffer) where there is no shared ring. */
export type ToPlayer = { kind: "arm"; id: number } | ArrayBuffer;

/** Worklet to Worker. */
export type FromPlayer =
  | { kind: "armed"; id: number }
  | { kind: "onset"; streamFrame: number; offsetS: number }
  | { kind: "player"; ints: Int32Array; floats: Float64Array };

/** The same as the page is told it; `failed` is what was asked of a worklet that is not there. */
export type FromHearing = FromPlayer | { kind: "failed"; id: number; code: string; reason: string };

/** Page to worklet. */
export type ToWorklet =
  | { kind: "line"; port: MessagePort }
  | { kind: "safety"; safety: number }
  | { kind: "capture"; id: number; left: Float32Array; right: Float32Array; fromFrame: number };

/** A stretch of what the worklet gave to the device. */
export interface Captured {
  id: number;
  left: Float32Array;
  right: Float32Array;
  /** the context's frame of the first sample */
  contextFrame: number;
  /** the session's frame of the first sample; may lie between frames */
  streamFrame: number;
  sampleRateHz: number;
  /** while it was captured, one that had begun before included */
  underruns: number;
  trims: number;
}

/** All that is known about listening, for people. */
export interface Stats extends LineFigures, Omit<PathFigures, "path">, RtcFigures {
  link: LinkState;
  /** the way of the sound now; `why` says why */
  transport: Path;
  /** the way of the commands */
  control: "webrtc" | "websocket";
  shared: boolean;
  audible: boolean;
  underruns: number;
  trims: number;
  fillMs: number;
  targetMs: number;
  spreadMs: number;
  outputMs: number;
  /** network, ring and output together: from the server's ring to the loudspeaker */
  delayMs: number;
  /** its parts: half a round trip, what is held (ring, or the browser's own buffer), the way to the loudspeaker */
  delaySplit: { networkMs: number; heldMs: number; outputMs: number };
  speedPpm: number;
  playedFrame: number;
  streamRateHz: number;
  contextRateHz: number;
  safety: number;
}

/** What a session is like. */
export type SessionState = protocol.State;
export type Meters = protocol.MetersMessage;

/** Names of a session's events, and what their listeners are given. */
export interface SessionEvents {
  /** the whole state: at the beginning and after a reconnect */
  state: SessionState;
  /** one parameter, by anyone */
  change: protocol.Change;
  transport: protocol.TransportState;
  scenes: string[];
  /** what reverbs may choose from, after one was added */
  impulses: protocol.PartInfo[];
  /** what players of grains may read beside their own recordings, after one was added */
  recordings: protocol.PartInfo[];
  /** automation lanes by address, after each change of one */
  lanes: NonNullable<protocol.State["lanes"]>;
  /** addresses that are armed for recording; null: all */
  armed: string[] | null;
  /** a strip, a group or an aux that is called otherwise; the state has it already */
  described: { part: string; name: string; colour: string };
  /** our own steps */
  history: { undo: number; redo: number };
  members: protocol.MemberInfo[];
  /** at the moment at which what they describe is heard */
  meters: Meters;
  /** once a second, and when the line changes */
  status: Stats;
  link: Link;
  /** the server's own figures, once a second */
  server: protocol.Status;
  /** how our own sound arrives, once a second while the session hears it */
  upstream: protocol.UpstreamState;
  /** a take of ours, begun or ended */
  take: protocol.TakeState;
  /** what came at the session's MIDI input, after `midi_listen` */
  midi: protocol.MidiHeard;
  /** the worklet found a sound after `armPing` */
  onset: OnsetHeard;
  /** what no command is waiting for */
  error: CommandErrorLike;
  /** the browser wants a click before it lets us be heard (true), or no longer (false) */
  blocked: boolean;
}

export interface CommandErrorLike {
  code: string;
  message: string;
  parameter?: string;
  value?: unknown;
  allowed?: string;
}

/** What the line needs of the world around it. */
export interface World {
  post(message: FromLine): void;
  nowMs(): number;
  open(url: string, protocol: string): WebSocket;
  stream(url: string, take: (message: DataView) => void): { close(): void };
  later(callback: () => void, ms: number): unknown;
}
