// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { FLOAT, INT, Ring } from "../ring.js";
import { audioMessage } from "./simulated-line.js";
import { begin, command, linkStates, memory, opened, pass, postedOf, sentOf, socket, world } from "./simulated-world.js";

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

test("a line that is left says so, one that fell silent does not", () => {
  opened();
  const silent = socket();
  pass(7000);
  assert.equal(silent.closedBy, 4000);
  opened();
  world.line.receive({ kind: "close" });
  assert.equal(socket().closedBy, 1000);
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
