// Made from the dataclasses of src/telharmonic/protocol by tools/make_docs.py; do not edit.
// Frames count from the session's beginning; times are seconds unless the name says _us or _ms; levels are dB.

/** Done, from `frame` on. A ping's has `timing`, an audio message's has `audio`. */
export interface Ack {
  type: "ack";
  id: number;
  frame: number;
  timing?: Timing | null;
  audio?: AudioAgreed | null;
}

/** Add the third-octave spectrum of `target` (null: none) to the member's meters. */
export interface Analyse {
  type: "analyse";
  /** chosen by the client; its reply carries it */
  id: number;
  target: string | null;
}

/**
 * A third-octave spectrum: RMS of 31 bands from 20 Hz to 20 kHz, dB, not below -120.
 *
 * Of a channel behind its compressor, of an aux behind its effect, both before the fader; of the master as heard.
 */
export interface Analysis {
  target: string;
  bands_db: number[];
}

/** Addresses that are armed for recording now; null: all. */
export interface Armed {
  type: "armed";
  seq: number;
  member: string;
  addresses: string[] | null;
}

/** Change how the sound comes; null stops it. */
export interface Audio {
  type: "audio";
  /** chosen by the client; its reply carries it */
  id: number;
  audio: AudioRequest | null;
}

/** How the sound will come. */
export interface AudioAgreed {
  encoding: "f32" | "s16" | "s24";
  frames: number;
  channels: number;
  sample_rate_hz: number;
}

/** How the client wants its sound: sample encoding, frames a binary message, channels. */
export interface AudioRequest {
  encoding?: "f32" | "s16" | "s24";
  frames?: number;
  channels?: number;
}

/** Remove a lane (null: all of them); its parameter stays where it stands. */
export interface AutomationClear {
  type: "automation_clear";
  /** chosen by the client; its reply carries it */
  id: number;
  address?: string | null;
}

/** Arm addresses (null: all) for recording, or disarm them. While the song plays, sets to them are written down. */
export interface AutomationRecord {
  type: "automation_record";
  /** chosen by the client; its reply carries it */
  id: number;
  addresses?: string[] | null;
  on?: boolean;
}

/** Put `points` in the place of those that the lane has from `from_s` to `to_s` (null: its end), both included. */
export interface AutomationWrite {
  type: "automation_write";
  /** chosen by the client; its reply carries it */
  id: number;
  /** strip/3/fader, see docs/parameters.md */
  address: string;
  points: ([number, number | boolean | string])[];
  /** seconds on the time line */
  from_s?: number;
  to_s?: number | null;
}

/** An aux bus. */
export interface AuxInfo {
  id: string;
  name: string;
  kind: "delay" | "reverb";
  colour: string;
}

/** An auxiliary bus with its effect; it returns to the master. */
export interface AuxSpec {
  /** 1 to 32 of a-z 0-9 _ - */
  id: string;
  name?: string;
  /** #rrggbb, or empty */
  colour?: string;
  kind?: "delay" | "reverb";
  set?: Record<string, number | boolean | string>;
}

/** How far a bounce is. `message` says why it failed; `file` is there once it is done, for `left_s` seconds. */
export interface BounceView {
  id: string;
  state: "done" | "failed" | "running" | "waiting";
  progress: number;
  format: "flac" | "ogg" | "wav";
  stems: boolean;
  self: string;
  file?: string | null;
  size_bytes?: number;
  left_s?: number;
  message?: string;
}

/** The session as it is now, from its beginning to its end and the tails, as a file; stems come in a zip file. */
export interface BounceWish {
  format?: "flac" | "ogg" | "wav";
  stems?: boolean;
}

/** The node closes the connection next. */
export interface Bye {
  type: "bye";
  reason: string;
}

/** Someone (`member`; empty: the node itself) turned a parameter; to all, the sender too. */
export interface Change {
  type: "change";
  seq: number;
  member: string;
  address: string;
  value: number | boolean | string;
  ramp_s: number;
  frame: number;
}

export type ClientMessage = Hello | Set | Play | Pause | Stop | Seek | Loop | SceneStore | SceneRecall | SceneDelete | Ping | Echo | Audio | Stats | Osc | Midi | MidiListen | RtcOffer | RtcCandidate | RtcAudio | RtcClose | Upstream | Take | SetMany | Undo | Redo | SceneRename | AutomationRecord | AutomationWrite | AutomationClear | LoudnessReset | Analyse | Describe | DspNodeCommand;

/**
 * One stretch of an audio file on a strip's time line.
 *
 * `start_s` is where on the time line, `offset_s` where in the file, `duration_s` how long (None: to the
 * file's end, or for ever if `loop`). With `loop` the stretch of the file repeats.
 */
export interface ClipSpec {
  /** a path relative to the session file, without '..' */
  file: string;
  /** seconds */
  start_s?: number;
  /** seconds */
  offset_s?: number;
  duration_s?: number | null;
  gain_db?: number;
  loop?: boolean;
}

/**
 * Connect what fits `source` to what fits `to`, whenever such ports appear.
 *
 * Patterns are of whole names, ``client:port``; without a colon it is a port of the session's own. Several ports are
 * joined in order, the first to the first; the shorter side begins again, so that one takes all.
 */
export interface ConnectRule {
  /** a port's name; * and ? stand for anything */
  from: string;
  /** a port's name; * and ? stand for anything */
  to: string;
}

/**
 * The name of a session that the server has, or a whole description, or files that were sent: one strip a file.
 *
 * With `players` each file is read by so many strips of grains instead, 64 in all.
 */
export interface CreateSession {
  session?: string | null;
  description?: SessionSpec | null;
  uploads?: UploadedStrip[] | null;
  name?: string;
  players?: number;
}

/** Call a strip, a group or an aux by another `name`, or give it another `colour` (empty: none); null: as it is. */
export interface Describe {
  type: "describe";
  /** chosen by the client; its reply carries it */
  id: number;
  /** strip/3, group/band or aux/hall */
  part: string;
  name?: string | null;
  colour?: string | null;
}

/** A strip, a group or an aux is called `name` and has this colour (#rrggbb, or empty) now. */
export interface Described {
  type: "described";
  seq: number;
  member: string;
  part: string;
  name: string;
  colour: string;
}

/** This listener read too slowly and lost whole blocks. */
export interface Dropped {
  type: "dropped";
  blocks: number;
}

/** Numbers or strings; channels from 1; ``gain`` is linear. `id` is ours: with one, an ack comes back. */
export interface DspNodeCommand {
  channel: number | string;
  param: string;
  value: number | boolean | string;
  rampTime?: number | string | null;
  id?: number | null;
}

/** Measure the control round trip: `client_us` comes back beside the node's clock. */
export interface Echo {
  type: "echo";
  /** chosen by the client; its reply carries it */
  id: number;
  client_us: number;
}

/** The answer to echo. */
export interface EchoReply {
  type: "echo";
  id: number;
  client_us: number;
  server_us: number;
}

/** Not done, and why. `id` is absent if the message had none that could be read. */
export interface Error {
  type: "error";
  id?: number | null;
  code: string;
  message: string;
  parameter?: string | null;
  value?: number | boolean | string | null;
  allowed?: string | null;
}

/** What was wrong, in one sentence, with the value and what would have been allowed. */
export interface ErrorBody {
  code: string;
  message: string;
  parameter?: string | null;
  value?: number | boolean | string | null;
  allowed?: string | null;
}

/** The body of every answer from 400 up. */
export interface ErrorReply {
  error: ErrorBody;
}

/** A group. */
export interface GroupInfo {
  id: string;
  name: string;
  colour: string;
}

/** A bus that strips and other groups go through, with a strip's processing. */
export interface GroupSpec {
  /** 1 to 32 of a-z 0-9 _ - */
  id: string;
  name?: string;
  /** #rrggbb, or empty */
  colour?: string;
  set?: Record<string, number | boolean | string>;
}

/** The first message, within 5 s. */
export interface Hello {
  type: "hello";
  token: string;
  name?: string;
  audio?: AudioRequest | null;
  meters_hz?: number;
  resume?: Resume | null;
}

/** A STUN or TURN server as `RTCPeerConnection` takes it. */
export interface IceServer {
  urls: string[];
  username?: string | null;
  credential?: string | null;
}

/** Every reverb can be set to `id` now: ``aux/<id>/impulse``. */
export interface ImpulseAdded {
  id: string;
  name: string;
}

/** An impulse response that reverbs may choose by its `id`. */
export interface ImpulseSpec {
  /** 1 to 32 of a-z 0-9 _ - */
  id: string;
  name?: string;
  /** a path relative to the session file, without '..' */
  file: string;
}

/** Let the reverbs of a running session choose an uploaded file as their impulse response. */
export interface ImpulseWish {
  /** 32 hex digits, a hash of the content, and the kind */
  upload: string;
  name?: string;
}

/** What reverbs may choose from now (``aux/<id>/impulse``): a response was added to the session. */
export interface Impulses {
  type: "impulses";
  seq: number;
  impulses: PartInfo[];
}

/** Whoever opens `page`, or shows `token`, takes part in `role`. */
export interface Invitation {
  role: "controller" | "listener" | "performer";
  token: string;
  page: string;
}

/** Whom to invite. */
export interface InvitationWish {
  role: "controller" | "listener" | "performer";
}

/**
 * The session as a JACK client; its strips with ``source = "jack"`` have its input ports.
 *
 * It joins the server called `server`; if none runs and `start` is true, the dummy driver's is started with the
 * session's rate and `period`. `outputs` gives the mix to JACK as ``out_1`` and ``out_2``. With `play_midi` performers
 * play what ``midi_out`` is connected to, and members are told what comes at ``midi_in``. `resample` false takes the
 * frames as they come, for comparisons: what two clocks differ by is then dropped or missed.
 */
export interface JackSpec {
  /** 1 to 32 of A-Z a-z 0-9 _ . - */
  server?: string;
  /** 1 to 32 of A-Z a-z 0-9 _ . - */
  client?: string;
  start?: boolean;
  period?: 64 | 128 | 256 | 512 | 1024 | 2048 | 4096;
  outputs?: boolean;
  resample?: boolean;
  transport?: "follow" | "lead" | "off";
  connect?: ConnectRule[];
  play_midi?: boolean;
  midi?: MidiRule[];
}

/** A lane has `points` now in the place of all that it had from `from_s` to `to_s` (null: its end). */
export interface Lane {
  type: "lane";
  seq: number;
  member: string;
  address: string;
  points: ([number, number | boolean | string])[];
  from_s?: number;
  to_s?: number | null;
}

/** The automation of one parameter: points of the time line (seconds, value), in order. */
export interface LaneSpec {
  address: string;
  points: ([number, number | boolean | string])[];
}

/** The answer to GET /api/latency. */
export interface LatencyReport {
  summaries: LatencySummary[];
}

/** One run of a latency test, as a client sends it. */
export interface LatencyResult {
  kind: "control" | "sound";
  client?: string;
  transport?: string;
  session?: string;
  samples_ms: number[];
  split_ms?: LatencySplit;
  underruns?: number;
}

/** One kept run: what a history draws. */
export interface LatencyRun {
  at: string;
  samples: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  split_ms: LatencySplit;
}

/** The stages of one control-to-sound measurement, in milliseconds; absent where not known. */
export interface LatencySplit {
  control?: number | null;
  wait?: number | null;
  render?: number | null;
  network?: number | null;
  ring?: number | null;
  output?: number | null;
}

/** Figures over kept results of one kind. */
export interface LatencySummary {
  kind: "control" | "sound";
  client: string;
  transport: string;
  runs: number;
  samples: number;
  p50_ms: number;
  p95_ms: number;
  p99_ms: number;
  histogram_ms: [number, number][];
  split_ms: LatencySplit;
  at: string;
  history: LatencyRun[];
}

/** In which scale a parameter is ramped, and how a knob divides its way. */
export type Law = "choice" | "db" | "linear" | "log" | "switch";

/** Where to go on. */
export interface Links {
  self: string;
  page: string;
  ws: string;
  whep: string;
  stream: string;
  state: string;
}

/** Set the loop region. Absent ends keep the ones there are. */
export interface Loop {
  type: "loop";
  /** chosen by the client; its reply carries it */
  id: number;
  on: boolean;
  start_s?: number | null;
  end_s?: number | null;
}

/** The loop region of the time line. `end_s` is above `start_s`, or both are 0 (none chosen). */
export interface LoopSpec {
  /** seconds */
  start_s?: number;
  /** seconds */
  end_s?: number;
  on?: boolean;
}

/** The loop region; no region is 0 to 0. */
export interface LoopState {
  on: boolean;
  start_s: number;
  end_s: number;
}

/** Measure the master's integrated loudness, its range and the highest true peak anew. */
export interface LoudnessReset {
  type: "loudness_reset";
  /** chosen by the client; its reply carries it */
  id: number;
}

/**
 * The master's meters: dB, dBTP, LUFS and LU, each rounded to 0.1 and not below -120.
 *
 * `integrated`, `range` and `true_peak_max` are those since the start or `loudness_reset`.
 */
export interface MasterMeters {
  peak: [number, number];
  rms: [number, number];
  true_peak: [number, number];
  true_peak_max: [number, number];
  momentary: number;
  short_term: number;
  integrated: number;
  range: number;
  correlation: number;
  limiter_db: number;
  spectrum: number[];
}

/** The master bus; its limiter sees so much of what comes. Less is less delay and a harder limiter. */
export interface MasterSpec {
  look_ahead_s?: number;
  set?: Record<string, number | boolean | string>;
}

/** Someone who takes part. */
export interface MemberInfo {
  member: string;
  name: string;
  role: "controller" | "listener" | "performer";
}

/** Who takes part now. */
export interface Members {
  type: "members";
  seq: number;
  members: MemberInfo[];
}

/**
 * Levels at `frame`. Channels: peak left, right, RMS left, right, gain reduction; auxes: the first four.
 *
 * Clouds, by strip: where in its recording (0 to 1) the scan stands, and how many grains sound.
 */
export interface MetersMessage {
  type: "meters";
  frame: number;
  position_s: number;
  channels: Record<string, [number, number, number, number, number]>;
  auxes: Record<string, [number, number, number, number]>;
  master: MasterMeters;
  analysis?: Analysis | null;
  clouds?: Record<string, [number, number]>;
}

/** Play: MIDI messages for `midi_out`, in order, each its bytes: `[144, 69, 100]`. No system exclusive. */
export interface Midi {
  type: "midi";
  /** chosen by the client; its reply carries it */
  id: number;
  /** 1 to 64 channel messages, status 128 to 239 */
  messages: number[][];
}

/** What came at `midi_in` and moves no parameter, in order; to who asked by `midi_listen`. */
export interface MidiHeard {
  type: "midi";
  messages: number[][];
}

/** Be told what comes at `midi_in`, or no longer. */
export interface MidiListen {
  type: "midi_listen";
  /** chosen by the client; its reply carries it */
  id: number;
  on?: boolean;
}

/** A controller moves a parameter over its whole range, and is told when the parameter moves. */
export interface MidiRule {
  address: string;
  controller: number;
  channel?: number;
}

/**
 * How the Opus will be, and where in the session it lies: by frames of 48 kHz, whatever the session's rate.
 *
 * Frame 0 of the session has the RTP timestamp `rtp_offset`; the session is near `frame` now, which tells how often
 * the timestamp's 32 bits have wrapped; what is decoded is `lookahead_frames` late. A session encodes at most four
 * different settings at once: who comes with a fifth gets the nearest of them.
 */
export interface OpusAgreed {
  frame_ms: number;
  channels: number;
  bitrate_kbps: number;
  min_bitrate_kbps: number;
  vbr: boolean;
  complexity: number;
  application: "audio" | "lowdelay" | "voip";
  red: number;
  rtp_offset?: number;
  frame?: number;
  lookahead_frames?: number;
}

/** What a session allows its WebRTC listeners; wishes beyond it are narrowed to it. */
export interface OpusLimits {
  min_frame_ms?: number;
  max_channels?: number;
  max_bitrate_kbps?: number;
  max_complexity?: number;
  max_red?: number;
}

/**
 * How the client wants its Opus; the session's own limits narrow it, and the answer says what was chosen.
 *
 * `bitrate_kbps` is what a good network gets, at most 255 at 40 ms and 170 at 60 (1275 bytes a packet); while reports
 * show loss it falls to a half and a quarter, where these are not below `min_bitrate_kbps`.
 * `red` is how many past frames may be repeated in each packet (RFC 2198) while frames are lost.
 */
export interface OpusRequest {
  /** 2.5, 5, 10, 20, 40 or 60 */
  frame_ms?: number;
  channels?: number;
  bitrate_kbps?: number;
  min_bitrate_kbps?: number;
  vbr?: boolean;
  complexity?: number;
  application?: "audio" | "lowdelay" | "voip";
  red?: number;
}

/** A piece; `notes` say what could not be given a control, and why. */
export interface Orchestra {
  name: string;
  controls?: OrchestraControl[];
  notes?: string[];
}

/** One number of a message. `whole`: without a fraction; `default` is what the orchestra begins with. */
export interface OrchestraArgument {
  name: string;
  type?: "d" | "f" | "h" | "i";
  minimum?: number;
  maximum?: number;
  default?: number;
  law?: "linear" | "log";
  whole?: boolean;
}

/** One OSC message that the orchestra hears: `host` is its name in the relay. Without arguments it is a trigger. */
export interface OrchestraControl {
  label: string;
  host: string;
  address: string;
  arguments?: OrchestraArgument[];
}

/**
 * The answer to GET /api/orchestra: the piece, and how its Csound does (`state` as of a program, or empty).
 *
 * Members of its session are also told what it `said` when it ended, and what it was `told` since it was started.
 */
export interface OrchestraView {
  orchestra: Orchestra;
  state?: "ended" | "ready" | "starting" | "stopped" | "waiting" | "";
  restarts?: number;
  why?: string;
  said?: string;
  told?: Told[];
}

/** Have the relay send OSC: host, address, then a type and a value for each argument. All of it is sent, or none. */
export interface Osc {
  type: "osc";
  /** chosen by the client; its reply carries it */
  id: number;
  queue: ((string | boolean | number | null)[])[];
}

/** One row of the parameter table. */
export interface ParameterRow {
  name: string;
  label: string;
  unit: string;
  law: Law;
  default: number | boolean | string;
  allowed: string;
  minimum?: number | null;
  maximum?: number | null;
}

/** An impulse response. */
export interface PartInfo {
  id: string;
  name: string;
}

/** Hold the time line; tails ring out. */
export interface Pause {
  type: "pause";
  /** chosen by the client; its reply carries it */
  id: number;
}

/** Sound the latency test's 20 ms burst at a pitch, of a strip if one is named; its ack carries `timing`. */
export interface Ping {
  type: "ping";
  /** chosen by the client; its reply carries it */
  id: number;
  strip?: string | null;
  freq_hz?: number;
}

/** Run the time line. */
export interface Play {
  type: "play";
  /** chosen by the client; its reply carries it */
  id: number;
}

/**
 * One program, started with the session, started again when it ends, and ended with the session.
 *
 * With ``again = "failure"`` one that ends with status 0 has come to its end, and stays there until someone wants it.
 *
 * It counts as ready when `ready_text` is in a line that it writes, or a JACK port whose name fits the pattern
 * `ready_port` is there; with neither, at once. One that is not ready within `ready_s` is started again; one with
 * `needs_jack` also when the session's JACK server has come back, since few programs find their way back by
 * themselves. `folder` is relative to the session file; `memory_mb`, `files` (open at a time) and `file_mb` (length
 * of one that it writes) are held by the system, for each of its processes; `processes` (threads count) is how many
 * more than at its start the server's user may have, which holds nobody who runs as root. One that was ready and uses
 * more than `cpu_share` of a core over 10 s, with all that it started, is started again; 0: as much as it gets.
 */
export interface ProgramSpec {
  /** 1 to 32 of a-z 0-9 _ - */
  id: string;
  command: string[];
  environment?: Record<string, string>;
  folder?: string;
  ready_text?: string;
  ready_port?: string;
  needs_jack?: boolean;
  again?: "always" | "failure";
  ready_s?: number;
  memory_mb?: number;
  files?: number;
  file_mb?: number;
  processes?: number;
  /** cores, 0 to 1024; 0: no limit */
  cpu_share?: number;
}

/** A recording that every strip of grains may read, by the name ``recording/<id>``. */
export interface RecordingSpec {
  /** 1 to 32 of a-z 0-9 _ - */
  id: string;
  name?: string;
  /** a path relative to the session file, without '..' */
  file: string;
}

/** What players of grains may read from now (``strip/<id>/grain_recording``): ``recording/<id>`` was added. */
export interface Recordings {
  type: "recordings";
  seq: number;
  recordings: PartInfo[];
}

/** Do again what undo took back last. */
export interface Redo {
  type: "redo";
  /** chosen by the client; its reply carries it */
  id: number;
}

/** The last change that a returning client has seen, and the `history_key` of the welcome that it had last. */
export interface Resume {
  /** another number whenever the session was started anew */
  epoch: number;
  seq: number;
  history_key?: string;
}

/** The answer to rtc_offer, with all candidates of the node, and the Opus that was chosen. */
export interface RtcAnswer {
  type: "rtc_answer";
  id: number;
  sdp: string;
  audio?: OpusAgreed | null;
}

/** Change the Opus of the WebRTC line, or (null) send none until the next such message. */
export interface RtcAudio {
  type: "rtc_audio";
  /** chosen by the client; its reply carries it */
  id: number;
  audio: OpusRequest | null;
}

/** One more ICE candidate of the client, as `RTCIceCandidate.candidate` says it; empty: there are no more. */
export interface RtcCandidate {
  type: "rtc_candidate";
  /** chosen by the client; its reply carries it */
  id: number;
  candidate: string;
  mid?: string | null;
}

/** The answer to rtc_audio. */
export interface RtcChosen {
  type: "rtc_audio";
  id: number;
  audio?: OpusAgreed | null;
}

/** End the WebRTC line; this connection goes on. */
export interface RtcClose {
  type: "rtc_close";
  /** chosen by the client; its reply carries it */
  id: number;
}

/** The WebRTC line has ended, and why; said on the WebSocket. */
export interface RtcClosed {
  type: "rtc_closed";
  reason: string;
}

/**
 * What a client needs before its first offer: the ICE servers (often none) and what Opus may be at most.
 *
 * `kept`: the WebRTC line of the connection that this one resumes goes on, and is this one's now.
 */
export interface RtcInfo {
  ice_servers: IceServer[];
  opus: OpusLimits;
  kept?: boolean;
}

/** Open a WebRTC line beside this connection, or restart its ICE; `audio` null: data channels only. */
export interface RtcOffer {
  type: "rtc_offer";
  /** chosen by the client; its reply carries it */
  id: number;
  /** a session description, RFC 8866 */
  sdp: string;
  audio?: OpusRequest | null;
}

/** Forget a scene. */
export interface SceneDelete {
  type: "scene_delete";
  /** chosen by the client; its reply carries it */
  id: number;
  name: string;
}

/** Take a scene's values, over `fade_s`. */
export interface SceneRecall {
  type: "scene_recall";
  /** chosen by the client; its reply carries it */
  id: number;
  name: string;
  /** seconds */
  fade_s?: number;
}

/** Call a scene `to`, a name that no scene has. */
export interface SceneRename {
  type: "scene_rename";
  /** chosen by the client; its reply carries it */
  id: number;
  name: string;
  to: string;
}

/** Values of the console under a name, by address. */
export interface SceneSpec {
  name: string;
  values?: Record<string, number | boolean | string>;
}

/** Keep all values under a name, replacing a scene of that name. */
export interface SceneStore {
  type: "scene_store";
  /** chosen by the client; its reply carries it */
  id: number;
  name: string;
}

/** The scenes there are now. */
export interface Scenes {
  type: "scenes";
  seq: number;
  names: string[];
}

/** Go to a position of the time line. */
export interface Seek {
  type: "seek";
  /** chosen by the client; its reply carries it */
  id: number;
  /** seconds on the time line */
  position_s: number;
}

export type ServerMessage = Welcome | Ack | Error | EchoReply | Change | Transport | Scenes | Members | Impulses | Recordings | Described | Lane | Armed | Steps | MetersMessage | MidiHeard | Dropped | Status | Bye | RtcAnswer | RtcChosen | RtcClosed | UpstreamState | TakeState;

/** How the server does. Counts are those since the node was started. */
export interface ServerStatus {
  ready: boolean;
  up_s: number;
  realtime: boolean;
  maximum_sessions: number;
  sessions: SessionCost[];
  late_blocks: number;
  skipped_blocks: number;
  memory_bytes: number;
  uploads: number;
  upload_bytes: number;
  history: StatusHistory;
}

/**
 * What one session takes of the node. `load` is its part of one core: 0.01 is one per cent.
 *
 * `beside` says in a line each how JACK and the session's programs do.
 */
export interface SessionCost {
  name: string;
  members: number;
  playing: boolean;
  cost_us: number;
  load: number;
  beside?: string[];
}

/** The answer to `CreateSession`. */
export interface SessionCreated {
  id: string;
  name: string;
  links: Links;
  tokens: Tokens;
}

/** How many sessions run, and what could be started. */
export interface SessionList {
  count: number;
  sessions: SessionListing[];
  available?: string[];
}

/** One session in a list; `id` only for the bearer of the admin token. */
export interface SessionListing {
  name: string;
  members: number;
  id?: string | null;
}

/** A whole session. Make it with `session_file.parse_toml` or `parse_json`, which check it as well. */
export interface SessionSpec {
  version?: 1;
  name?: string;
  sample_rate_hz?: 44100 | 48000 | 96000;
  /** quarter notes a minute */
  tempo?: number;
  loop?: LoopSpec;
  strip: StripSpec[];
  group?: GroupSpec[];
  aux?: AuxSpec[];
  impulse?: ImpulseSpec[];
  recording?: RecordingSpec[];
  master?: MasterSpec;
  opus?: OpusLimits;
  scene?: SceneSpec[];
  automation?: LaneSpec[];
  jack?: JackSpec | null;
  program?: ProgramSpec[];
}

/** One session, as a member sees it. */
export interface SessionView {
  id: string;
  name: string;
  role: "controller" | "listener" | "performer";
  links: Links;
  members: number;
  playing: boolean;
  idle_s: number;
}

/** Turn one parameter: to `value`, over `ramp_s` (10 ms if absent), from `at_frame` or `at_beat` or now. */
export interface Set {
  type: "set";
  /** chosen by the client; its reply carries it */
  id: number;
  /** strip/3/fader, see docs/parameters.md */
  address: string;
  value: number | boolean | string;
  ramp_s?: number | null;
  at_frame?: number | null;
  at_beat?: number | null;
  gesture?: number | null;
}

/** Turn many parameters at once, all or none, as one step of undo: pasting a strip's settings, say. */
export interface SetMany {
  type: "set_many";
  /** chosen by the client; its reply carries it */
  id: number;
  values: Record<string, number | boolean | string>;
  ramp_s?: number | null;
  gesture?: number | null;
}

/** All that a newcomer must know. */
export interface State {
  values: Record<string, number | boolean | string>;
  transport: TransportState;
  scenes: string[];
  members: MemberInfo[];
  strips: StripInfo[];
  groups: GroupInfo[];
  auxes: AuxInfo[];
  impulses: PartInfo[];
  duration_s: number;
  lanes?: Record<string, ([number, number | boolean | string])[]>;
  armed?: string[] | null;
  recordings?: PartInfo[];
  midi?: boolean;
}

/** What a listener's player has seen, once a second. Not answered. */
export interface Stats {
  type: "stats";
  underruns: number;
  fill_frames: number;
  target_frames: number;
  dropped_blocks: number;
  arrival_p95_ms: number;
  delay_ms: number;
}

/** How the node does, once a second. `shut`: how often strips were shut for what is no sound, those that were. */
export interface Status {
  type: "status";
  sessions: number;
  late_blocks: number;
  skipped_blocks: number;
  block_p50_us: number;
  block_p99_us: number;
  ring_fill_frames: number;
  members: number;
  shut?: Record<string, number>;
}

/** The last minutes, one entry a look, oldest first: for small plots. Counts are those since the look before. */
export interface StatusHistory {
  every_s: number;
  sessions: number[];
  members: number[];
  load: number[];
  late_blocks: number[];
  skipped_blocks: number[];
  memory_bytes: number[];
}

/** How many steps this member can undo and redo now; to that member only. */
export interface Steps {
  type: "history";
  undo: number;
  redo: number;
}

/** Hold the time line and go back to its beginning. */
export interface Stop {
  type: "stop";
  /** chosen by the client; its reply carries it */
  id: number;
}

/** One strip, in the order of the session file. */
export interface StripInfo {
  id: string;
  name: string;
  colour: string;
  stereo: boolean;
  live?: boolean;
}

/**
 * One channel strip: clips of files, or one test source, a live input, or grains of one clip, or nothing.
 *
 * `freq_hz` is for ``sine``; `level_db` (peak, dBFS) for every test source. ``grains`` has one clip, the recording
 * (`offset_s`, `duration_s` and `gain_db` count), and `values` may hold names of `GRAINS`. `stereo` None means: as its
 * files are (a test source is mono, a live input too). `values` are parameter names of `CHANNEL` and ``send/<aux>``,
 * ``send_pre/<aux>``.
 */
export interface StripSpec {
  /** 1 to 32 of a-z 0-9 _ - */
  id: string;
  name?: string;
  /** #rrggbb, or empty */
  colour?: string;
  stereo?: boolean | null;
  clip?: ClipSpec[];
  source?: "grains" | "jack" | "live" | "noise" | "ping" | "pink" | "sine" | "sweep" | null;
  freq_hz?: number;
  level_db?: number;
  set?: Record<string, number | boolean | string>;
}

/**
 * Begin to record this member's live strip, or end it. `capture_ms` and `heard_ms` place the take on the time line.
 *
 * `heard_ms` is how long the mix takes from the node to this member's ears; without it, what the member's `stats` say.
 */
export interface Take {
  type: "take";
  /** chosen by the client; its reply carries it */
  id: number;
  on: boolean;
  /** from the air to the encoder, as the client knows it */
  capture_ms?: number;
  heard_ms?: number | null;
}

/**
 * A take of this member: the answer to `take`, and when something else ends it (`id` null).
 *
 * `start_s` is where on the time line its first sample belongs: where the member heard the song then, by the delays
 * that were measured; null while it is not known. `path` is where the WAV file can be fetched with the performer's
 * token; `compensated_ms` how far it was moved.
 */
export interface TakeState {
  type: "take";
  id?: number | null;
  name: string;
  strip: string;
  recording: boolean;
  duration_s?: number;
  start_s?: number | null;
  compensated_ms?: number;
  path?: string | null;
}

/** The stages of one command, in microseconds of the node's monotonic clock. */
export interface Timing {
  received_us: number;
  applied_us: number;
  rendered_us: number;
}

/** One secret a role; whoever shows it takes part in that role. */
export interface Tokens {
  performer: string;
  controller: string;
  listener: string;
}

/** The numbers that the relay sent last to one address of one of its hosts. */
export interface Told {
  host: string;
  address: string;
  values: number[];
}

/** The time line was started, held, moved or looped. */
export interface Transport {
  type: "transport";
  seq: number;
  member: string;
  playing: boolean;
  position_s: number;
  frame: number;
  loop: LoopState;
}

/** Where the time line stood at `frame`. */
export interface TransportState {
  playing: boolean;
  position_s: number;
  frame: number;
  loop: LoopState;
  tempo: number;
}

/** Take back the member's own last step. */
export interface Undo {
  type: "undo";
  /** chosen by the client; its reply carries it */
  id: number;
}

/** What a visitor may send. */
export interface UploadLimits {
  kinds: string[];
  file_bytes: number;
  file_duration_s: number;
  files_an_hour: number;
  bytes_an_hour: number;
  at_once: number;
  impulse_s: number;
  session_strips: number;
}

/** A file that the server has. `file` is its name in a session file; `upload` its id, which its content decides. */
export interface Uploaded {
  upload: string;
  file: string;
  name: string;
  size_bytes: number;
  duration_s: number;
  channels: number;
  sample_rate_hz: number;
}

/** One strip of a session that is made from uploads. */
export interface UploadedStrip {
  /** 32 hex digits, a hash of the content, and the kind */
  upload: string;
  name?: string;
}

/** Play what this member sends into a live strip from now on, or (null) no longer. For performers. */
export interface Upstream {
  type: "upstream";
  /** chosen by the client; its reply carries it */
  id: number;
  strip: string | null;
  /** 0 fast to 1 safe */
  safety?: number;
}

/**
 * How this member's upstream does: the answer to `upstream`, and once a second.
 *
 * `in_hand_ms` is how long sound waits at the node from its arrival to its turn (jitter buffer and ring), `target_ms`
 * how long it should, `packet_ms` and `decoder_ms` what packets and codec add before and after, `round_trip_ms` the
 * network's (null: not known yet). Frames are of 48 kHz.
 */
export interface UpstreamState {
  type: "upstream";
  id?: number | null;
  strip: string | null;
  hears?: boolean;
  in_hand_ms?: number;
  target_ms?: number;
  packet_ms?: number;
  decoder_ms?: number;
  mixer_ms?: number;
  round_trip_ms?: number | null;
  drift_ppm?: number;
  packets?: number;
  refused_packets?: number;
  late_packets?: number;
  lost_frames?: number;
  concealed_frames?: number;
  recovered_frames?: number;
  dry?: number;
  shut?: number;
}

/** What the numbers are of. Bin k holds the frames from (`first_bin` + k) * `bin_frames` on. */
export interface WaveformsHead {
  sample_rate_hz: number;
  bin_frames: number;
  first_bin: number;
  bins: number;
  duration_s: number;
  strips: string[];
}

/** The answer to hello: either `state`, or (after a resume that history still covers) `missed`. */
export interface Welcome {
  type: "welcome";
  protocol: string;
  session: string;
  name: string;
  role: "controller" | "listener" | "performer";
  member: string;
  epoch: number;
  seq: number;
  sample_rate_hz: number;
  latency_frames: number;
  audio: AudioAgreed | null;
  rtc?: RtcInfo | null;
  history_key?: string;
  state?: State | null;
  missed?: (Change | Transport | Scenes | Members | Impulses | Recordings | Described | Lane | Armed)[] | null;
}
