// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { differences, loopDelay } from "../microphone.js";
import { PathChoice } from "../path-choice.js";
import { askForMusic } from "../webrtc-offer.js";

test("where the browser does not do as it was asked is named", () => {
  const raw = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  assert.deepEqual(differences(raw), { processed: [], missing: [] });
  assert.deepEqual(differences({ echoCancellation: true, autoGainControl: true }).processed, ["echoCancellation", "autoGainControl"]);
  assert.deepEqual(differences({ echoCancellation: true }, { echoCancellation: true }), { processed: [], missing: [] });
  assert.deepEqual(differences(raw, { noiseSuppression: true }).missing, ["noiseSuppression"]);
});

test("the delay of one's own sound is the sum of its parts, with half of the round trip", () => {
  const upstream = { type: /** @type {const} */ ("upstream"), strip: "mic", packet_ms: 10, decoder_ms: 6.5, in_hand_ms: 12, mixer_ms: 1.5, round_trip_ms: 30 };
  const { totalMs, split } = loopDelay(upstream, { captureMs: 10, heardMs: 20 });
  assert.equal(totalMs, 75);
  assert.equal(split.networkMs, 15);
  assert.equal(loopDelay({ type: "upstream", strip: "mic" }, { captureMs: 1, heardMs: 2 }).totalMs, 3);
});

test("music is asked for in the answer's own line of Opus", () => {
  const answer = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 stereo=1;useinbandfec=0\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
  const asked = askForMusic(answer);
  assert.match(asked, /^a=fmtp:111 stereo=1;useinbandfec=0;maxaveragebitrate=128000\r\na=ptime:10\r\n/m);
  assert.match(asked, /^a=fmtp:63 111\/111\r\n/m);
  const offer = readFileSync(new URL("../../tests/references/chromium_offer.sdp", import.meta.url), "utf8");
  assert.equal(askForMusic(offer).split("\n").length, offer.split("\n").length + 1);
});

test("what can go by WebRTC only takes the sound with it, where there is WebRTC", () => {
  /** @type {string[]} */
  const did = [];
  const act = { connect: () => did.push("connect"), disconnect: () => did.push("disconnect"), pcm: () => {} };
  const choice = new PathChoice({ wanted: "auto", cannot: "", act });
  choice.begin(0);
  assert.equal(choice.need("the microphone", 10), "");
  assert.deepEqual(did, ["connect"]);
  assert.deepEqual([choice.state, choice.why], ["connecting", "the microphone"]);
  choice.need("the microphone", 20);
  assert.deepEqual(did, ["connect"]);
  const none = new PathChoice({ wanted: "auto", cannot: "this browser has no WebRTC", act });
  none.begin(0);
  assert.equal(none.need("the microphone", 10), "this browser has no WebRTC");
  assert.deepEqual([none.state, none.why], ["pcm", "this browser has no WebRTC"]);
});
