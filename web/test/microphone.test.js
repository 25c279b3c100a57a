// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, settled } from "./page.js";
import { makeMicrophone } from "../parts/microphone.js";

Object.assign(globalThis, { AudioContext: class {} }); // of which the session here has none
const ENTRY = /** @type {any} */ ({ ws: "ws://localhost:8001/api/sessions/s1/ws", token: "tok" });

Object.assign(globalThis, { fetch: async () => ({ ok: true, json: async () => ({ takes: [] }) }) });

/** A performer's session with one live strip, a device that opens or not, and the drawer over both. */
function made({ role = "performer", refused = "" } = {}) {
  const track = Object.assign(new EventTarget(), { stop: () => {}, getSettings: () => ({ latency: 0.012, autoGainControl: true }) });
  const stream = { getTracks: () => [track], getAudioTracks: () => [track] };
  const open = async () => {
    if (refused) throw Object.assign(new Error("no"), { name: refused });
    return stream;
  };
  const devices = [{ kind: "audioinput", deviceId: "a", label: "Interface" }, { kind: "videoinput", deviceId: "v", label: "Camera" }];
  Object.assign(navigator, { mediaDevices: Object.assign(new EventTarget(), { getUserMedia: open, enumerateDevices: async () => devices }) });
  /** @type {any} */
  const session = Object.assign(new FakeSession(), { role, outputNode: null, listen: async () => {}, played: [] });
  session.play = (/** @type {any} */ each) => session.played.push(each);
  session.state.strips = [{ id: "mic", name: "Guest", live: true }, { id: "1", name: "Low", live: false }];
  const [drawer] = makeMicrophone(session, ENTRY);
  return { session, drawer, track, body: /** @type {any} */ (drawer)?.body ?? document.createElement("div") };
}

const button = (/** @type {any} */ body, /** @type {string} */ text) =>
  [...body.querySelectorAll("button")].find((/** @type {any} */ each) => each.textContent === text);

test("only a performer of a session with a live strip is offered a microphone", () => {
  assert.equal(made({ role: "controller" }).drawer, undefined);
  assert.ok(made().drawer);
});

test("playing in names the strip, says what the browser leaves on, and tells the delay by parts", async () => {
  const { session, body, track } = made();
  button(body, "Play in").click();
  await settled();
  assert.deepEqual(session.sent, [{ type: "upstream", strip: "mic" }]);
  assert.deepEqual(session.played, [track]);
  assert.match(find(body, '[role="status"]').textContent, /gain control/);
  const options = [...find(body, '[aria-label="Microphone"]').children].map((each) => each.textContent);
  assert.deepEqual(options, ["Interface"]);
  const state = { strip: "mic", packets: 5, packet_ms: 10, decoder_ms: 6.5, in_hand_ms: 12, mixer_ms: 1.5, round_trip_ms: 30, concealed_frames: 960 };
  session.tell("upstream", state);
  // 12 device + 10 + 6.5 + 15 half of the round trip + 12 + 1.5 + 21 way back
  assert.match(body.textContent, /after 78 ms \(device 12, packet 10, .*network 15, .*way back 21\)\. 20 ms concealed\./);
  button(body, "Stop").click();
  await settled();
  assert.deepEqual(session.sent.at(-1), { type: "upstream", strip: null });
});

test("what the browser is to do to a voice is asked for by a switch, and named where it does not", async () => {
  const { body } = made();
  const wish = button(body, "Echo cancellation");
  wish.click();
  assert.equal(wish.getAttribute("aria-pressed"), "true");
  button(body, "Play in").click();
  await settled();
  assert.match(find(body, '[role="status"]').textContent, /The browser has no echo cancellation for this input/);
  assert.ok(wish.disabled);
});

test("a refused microphone is told in words and nothing is sent", async () => {
  const { session, body } = made({ refused: "NotAllowedError" });
  button(body, "Play in").click();
  await settled();
  assert.match(find(body, '[role="status"]').textContent, /not allowed to use the microphone/);
  assert.deepEqual(session.sent, []);
});
