// @ts-check
/** The line's WebRTC half: signalling, the change between the ways, and what goes on when one of them breaks. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, command, opened, pass, postedOf, sentOf, socket, world } from "./simulated-world.js";

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

test("a line that is made again at once is looked after once", () => {
  heardByBrowser();
  socket().break();
  pass(1);
  opened({ rtc: RTC }); // the old one is given up and another one made within one look
  const before = ordered("look").length;
  pass(1000);
  const looks = ordered("look").length - before;
  assert.ok(looks > 90 && looks <= 101, `${looks} looks in a second`);
  world.line.receive({ kind: "close" });
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

