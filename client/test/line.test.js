// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Line } from "../line.js";
import { FLOAT, INT, Ring } from "../ring.js";
import { audioMessage } from "./simulated-line.js";
import { Socket } from "./simulated-socket.js";

/** @type {{nowMs: number, timers: {atMs: number, run: () => void}[], sockets: Socket[], posted: any[], line: Line}} */
let world;

/** Let time pass. @param {number} ms */
function pass(ms) {
  const untilMs = world.nowMs + ms;
  for (;;) {
    world.timers.sort((a, b) => a.atMs - b.atMs);
    if (!(world.timers[0]?.atMs <= untilMs)) break;
    const timer = /** @type {{atMs: number, run: () => void}} */ (world.timers.shift());
    world.nowMs = timer.atMs;
    timer.run();
  }
  world.nowMs = untilMs;
}

const WELCOME = {
  type: "welcome", protocol: "telharmonic.v1", session: "s", name: "Demo", role: "performer", member: "m1", epoch: 7, seq: 3,
  sample_rate_hz: 48000, latency_frames: 72, audio: null, state: {},
};
const socket = () => /** @type {Socket} */ (world.sockets.at(-1));
const sentOf = (/** @type {string} */ type) => socket().sent.filter((message) => message.type === type);
const postedOf = (/** @type {string} */ kind) => world.posted.filter((message) => message.kind === kind);
const linkStates = () => postedOf("link").map(({ link }) => link.state);
const command = (/** @type {number} */ id, /** @type {any} */ message) =>
  world.line.receive({ kind: "command", id, message, atMs: world.nowMs });
const memory = () => /** @type {SharedArrayBuffer} */ (Ring.allocate(true));

/** @param {object} [options] */
function begin(options = {}) {
  world = { nowMs: 0, timers: [], sockets: [], posted: [], line: /** @type {any} */ (null) };
  const common = { url: "ws://x/ws", streamUrl: "", token: "t", name: "n", metersHz: 25 };
  const ways = { wanted: "auto", pcm: "websocket", playing: "transform", opus: { frame_ms: 5 } };
  const audio = { encoding: "f32", frames: 240, channels: 2 };
  world.line = new Line(/** @type {any} */ ({ ...common, ...ways, audio, memory: memory(), ...options }), {
    post: (message) => world.posted.push(message),
    nowMs: () => world.nowMs,
    open: () => {
      world.sockets.push(new Socket());
      return /** @type {any} */ (socket());
    },
    stream: () => ({ close: () => {} }),
    later: (run, ms) => world.timers.push({ atMs: world.nowMs + ms, run }),
  });
}

function opened(welcome = {}) {
  socket().open();
  socket().say({ ...WELCOME, ...welcome });
}

beforeEach(() => begin());

test("says hello first, and is open when it is welcomed", () => {
  opened();
  assert.deepEqual(socket().sent[0], { type: "hello", token: "t", name: "n", meters_hz: 25, audio: null });
  assert.deepEqual(linkStates(), ["connecting", "open"]);
});

test("a command gets the reply with its id, an error too", () => {
  opened();
  command(1, { type: "set", address: "strip/1/fader", value: -6 });
  command(2, { type: "play" });
  assert.deepEqual(sentOf("set"), [{ type: "set", address: "strip/1/fader", value: -6, id: 1 }]);
  socket().say({ type: "error", id: 1, code: "parameter", message: "no" });
  socket().say({ type: "ack", id: 2, frame: 480 });
  assert.deepEqual(postedOf("settled").map(({ id, message }) => [id, message.type]), [[1, "error"], [2, "ack"]]);
});

test("after a break it connects again by itself, resumes where it was, and sends what was kept", () => {
  opened({ history_key: "secret" });
  socket().say({ type: "change", seq: 9, member: "m2", address: "a", value: 1, ramp_s: 0, frame: 1 });
  command(1, { type: "set", address: "strip/1/fader", value: -6 });
  socket().break();
  command(2, { type: "stop" });
  pass(1);
  assert.equal(world.sockets.length, 2);
  opened({ member: "m5", state: undefined, missed: [] });
  assert.deepEqual(socket().sent[0].resume, { epoch: 7, seq: 9, history_key: "secret" });
  assert.deepEqual(socket().sent.filter(({ id }) => id < 10).map(({ id, type }) => [id, type]), [[1, "set"], [2, "stop"]]);
  assert.deepEqual(linkStates(), ["connecting", "open", "waiting", "connecting", "open"]);
});

test("a ping on its way when the line breaks is given back as lost", () => {
  opened();
  command(1, { type: "ping" });
  socket().break();
  assert.deepEqual(postedOf("failed").map(({ id, code }) => [id, code]), [[1, "line-lost"]]);
});

test("a server that says nothing for five seconds is left", () => {
  opened();
  pass(4900);
  assert.equal(linkStates().at(-1), "open");
  pass(2200);
  assert.equal(world.sockets.length, 2);
});

test("a refused hello is final; a session that a restarting server does not know yet is not", () => {
  socket().open();
  socket().say({ type: "error", code: "refused", message: "wrong token" });
  assert.equal(linkStates().at(-1), "closed");
  begin();
  opened();
  socket().break();
  pass(1);
  socket().open();
  socket().say({ type: "error", code: "not_found", message: "no such session" });
  socket().break();
  assert.equal(linkStates().at(-1), "waiting");
  pass(10000);
  assert.ok(world.sockets.length > 2);
});

test("listening asks for sound, now and after each reconnect", () => {
  opened();
  const { port1 } = new MessageChannel();
  world.line.receive({ kind: "listen", port: port1, outputMs: 8 });
  assert.deepEqual(sentOf("audio").map(({ audio }) => audio), [{ encoding: "f32", frames: 240, channels: 2 }]);
  socket().break();
  pass(1);
  socket().open();
  assert.deepEqual(socket().sent[0].audio, { encoding: "f32", frames: 240, channels: 2 });
  world.line.receive({ kind: "close" });
});

test("who may change the sound asks for short messages, who only listens does not", () => {
  const audio = () => ({ encoding: "f32", frames: 240, channels: 2 });
  for (const [role, rateHz, frames] of /** @type {[string, number, number][]} */ ([
    ["performer", 48000, 120], ["controller", 44100, 120], ["performer", 96000, 240], ["listener", 48000, 240],
  ])) {
    begin({ audio: audio(), short: true });
    opened({ role, sample_rate_hz: rateHz });
    const { port1 } = new MessageChannel();
    world.line.receive({ kind: "listen", port: port1, outputMs: 8 });
    assert.deepEqual(sentOf("audio").map((message) => message.audio.frames), [frames], role);
    world.line.receive({ kind: "close" });
  }
});

test("who listens before the role is known asks once more when it is", () => {
  begin({ audio: { encoding: "f32", frames: 240, channels: 2 }, short: true });
  const { port1 } = new MessageChannel();
  world.line.receive({ kind: "listen", port: port1, outputMs: 8 });
  opened();
  assert.equal(socket().sent[0].audio.frames, 240);
  assert.deepEqual(sentOf("audio").map(({ audio }) => audio.frames), [120]);
  socket().break();
  pass(1);
  socket().open();
  assert.equal(socket().sent[0].audio.frames, 120);
  world.line.receive({ kind: "close" });
});

test("sound goes into the shared ring; a message that is not ours does not end the line", (context) => {
  const shared = memory();
  begin({ memory: shared });
  opened();
  const warned = context.mock.method(console, "warn", () => {});
  socket().onmessage({ data: new ArrayBuffer(40) });
  socket().onmessage({ data: audioMessage({ firstFrame: 4800, signal: () => 0.5 }).buffer });
  const ring = new Ring(shared);
  assert.equal(warned.mock.callCount(), 1);
  assert.deepEqual([ring.ints[INT.WRITE], ring.floats[FLOAT.CUT_FRAME]], [240, 4800]);
  assert.equal(linkStates().at(-1), "open");
});

test("once a second it tells the server how listening goes", () => {
  opened();
  const { port1 } = new MessageChannel();
  world.line.receive({ kind: "listen", port: port1, outputMs: 8 });
  pass(1000);
  const [stats] = sentOf("stats");
  assert.deepEqual(Object.keys(stats).sort(), [
    "arrival_p95_ms", "delay_ms", "dropped_blocks", "fill_frames", "target_frames", "type", "underruns",
  ]);
  world.line.receive({ kind: "close" });
});

test("every command tells how long the hand's way to the ear was", () => {
  const shared = memory();
  begin({ memory: shared });
  const ring = new Ring(shared);
  opened();
  ring.ints[INT.PLAYING] = 1;
  ring.floats[FLOAT.PLAYED_FRAME] = 4800;
  command(1, { type: "set", address: "a", value: 1 });
  pass(2);
  socket().say({ type: "ack", id: 1, frame: 5088 }); // 6 ms after what is played, 1.5 ms of look-ahead
  pass(1000);
  assert.equal(postedOf("figures").at(-1).figures.controlToSoundMs, 2 + 6 + 1.5);
});

const RTC = { ice_servers: [], opus: {} };
const orders = () => postedOf("peer").map(({ order }) => order);
const tell = (/** @type {any} */ news) => world.line.receive({ kind: "peer", news });

/** Listen by WebRTC: the offer is made and answered, and the control channel is open. */
function openedByWebRtc() {
  begin({ wanted: "webrtc" });
  opened({ rtc: RTC });
  world.line.receive({ kind: "listen", port: new MessageChannel().port1, outputMs: 8 });
  tell({ kind: "offer", sdp: "our offer" });
  const [{ id }] = sentOf("rtc_offer");
  socket().say({ type: "rtc_answer", id, sdp: "its answer" });
  tell({ kind: "control", open: true });
}

test("a WebRTC line is offered over the WebSocket, with what the browser says, and answered", () => {
  openedByWebRtc();
  assert.deepEqual(sentOf("rtc_offer").map(({ sdp, audio }) => [sdp, audio]), [["our offer", { frame_ms: 5 }]]);
  assert.deepEqual(orders().slice(0, 2), [
    { kind: "open", iceServers: [], playing: "transform", plays: false }, { kind: "answer", sdp: "its answer" },
  ]);
  assert.deepEqual(sentOf("audio"), []); // no PCM beside it
  world.line.receive({ kind: "close" });
});

test("commands go over the control channel while it is open, and none is lost when it shuts", () => {
  openedByWebRtc();
  command(1, { type: "set", address: "a", value: 1 });
  command(2, { type: "set", address: "b", value: 2 });
  const said = () => orders().filter(({ kind }) => kind === "say").map(({ text }) => JSON.parse(text)).filter(({ id }) => id < 10);
  assert.deepEqual([said().map(({ id }) => id), sentOf("set")], [[1, 2], []]);
  tell({ kind: "text", text: JSON.stringify({ type: "ack", id: 1, frame: 480 }) });
  tell({ kind: "state", state: "failed" });
  assert.deepEqual(sentOf("set").map(({ id }) => id), [2]);
  const words = socket().sent.map(({ type }) => type);
  assert.ok(words.indexOf("rtc_close") < words.indexOf("set")); // so that nothing old can come after it
  assert.deepEqual(sentOf("audio").map(({ audio }) => audio?.encoding), ["f32"]);
  world.line.receive({ kind: "close" });
});

/** Packets come to the browser's own player for a while. @param {number} ms */
function played(ms) {
  for (const endMs = world.nowMs + ms; world.nowMs < endMs; pass(5)) tell({ kind: "played", packet: world.nowMs });
}

/** The same, heard by the browser's own player, whose packets are the only ones that a test can make. */
function heardByBrowser() {
  begin({ wanted: "audio", playing: "audio" });
  opened({ rtc: RTC });
  world.line.receive({ kind: "listen", port: new MessageChannel().port1, outputMs: 8 });
  tell({ kind: "offer", sdp: "our offer" });
  socket().say({ type: "rtc_answer", id: sentOf("rtc_offer")[0].id, sdp: "its answer" });
  tell({ kind: "control", open: true });
  played(2000);
}

const path = () => postedOf("figures").at(-1).figures.path;
const ordered = (/** @type {string} */ kind) => orders().filter((order) => order.kind === kind);

test("the browser's own player is left for PCM when it has no more packets, not when the page stands still", () => {
  heardByBrowser();
  assert.deepEqual([path(), sentOf("audio").length], ["audio", 0]);
  pass(500); // no word from the page
  assert.equal(sentOf("audio").length, 0);
  for (let n = 0; n < 8; n++, pass(5)) tell({ kind: "played", packet: 1 });
  assert.deepEqual(sentOf("audio").map(({ audio }) => audio?.encoding), ["f32"]);
  pass(1000);
  assert.equal(path(), "websocket");
  world.line.receive({ kind: "close" });
});

test("a WebSocket that breaks leaves sound and commands to the WebRTC line, which the server keeps", () => {
  heardByBrowser();
  const broken = socket();
  broken.break();
  command(1, { type: "set", address: "a", value: 1 });
  assert.equal(ordered("say").map(({ text }) => JSON.parse(text)).filter(({ id }) => id === 1).length, 1);
  played(50);
  assert.notEqual(socket(), broken);
  opened({ rtc: { ...RTC, kept: true } });
  assert.deepEqual([socket().sent[0].audio, ordered("close"), sentOf("audio"), sentOf("set")], [null, [], [], []]);
  played(2000);
  assert.equal(path(), "audio");
  world.line.receive({ kind: "close" });
});

test("where the server did not keep it, PCM is heard at once, and what was not answered is said again", () => {
  heardByBrowser();
  socket().break();
  command(1, { type: "set", address: "a", value: 1 });
  played(50);
  opened({ rtc: RTC });
  assert.deepEqual([ordered("close").length, ordered("open").length, sentOf("set").map(({ id }) => id)], [1, 2, [1]]);
  assert.deepEqual(sentOf("audio").map(({ audio }) => audio?.encoding), ["f32"]);
  world.line.receive({ kind: "close" });
});

test("a line that is left says so, one that fell silent does not", () => {
  opened();
  const silent = socket();
  pass(7000);
  assert.equal(silent.closedBy, 4000);
  opened();
  world.line.receive({ kind: "close" });
  assert.equal(socket().closedBy, 1000);
});

test("what comes both ways is told once", () => {
  openedByWebRtc();
  const change = { type: "change", seq: 4, member: "m2", address: "a", value: 1, ramp_s: 0, frame: 1 };
  tell({ kind: "text", text: JSON.stringify(change) });
  socket().say(change);
  assert.equal(postedOf("message").filter(({ message }) => message.type === "change").length, 1);
  world.line.receive({ kind: "close" });
});

test("a refused offer means PCM, with the server's reason", () => {
  begin({ wanted: "webrtc" });
  opened({ rtc: RTC });
  world.line.receive({ kind: "listen", port: new MessageChannel().port1, outputMs: 8 });
  tell({ kind: "offer", sdp: "our offer" });
  socket().say({ type: "error", id: sentOf("rtc_offer")[0].id, code: "refused", message: "the session is full" });
  assert.equal(sentOf("audio").length, 1);
  pass(1000);
  const { path, why } = postedOf("figures").at(-1).figures;
  assert.deepEqual([path, why], ["websocket", "WebRTC: the session is full"]);
  world.line.receive({ kind: "close" });
});

test("a ping that nobody can hear is refused at once, and one that was being listened for when the page fell silent", () => {
  const told = (/** @type {number} */ id) => world.posted.filter((message) => message.id === id).map(({ kind, code }) => `${kind} ${code ?? ""}`);
  world.line.receive({ kind: "arm", id: 3 });
  assert.deepEqual(told(3), ["failed deaf"]);
  const port = /** @type {any} */ ({ postMessage: () => {}, close: () => {} });
  world.line.receive({ kind: "listen", port, outputMs: 0 });
  for (const id of [4, 5]) {
    world.line.receive({ kind: "arm", id });
    if (id === 4) port.onmessage({ data: { kind: "armed", id } });
  }
  world.line.receive({ kind: "hush" });
  assert.deepEqual([told(4), told(5)], [["armed "], ["failed deaf"]]);
});
