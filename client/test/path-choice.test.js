// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { PathChoice } from "../path-choice.js";

/** @typedef {import("../path-choice.js").Seen} Seen */

/** @type {Seen} */
const SHORT = { roundTripMs: 1, droppedBlocks: 0, opusMs: Number.NEGATIVE_INFINITY, spreadMs: 2, packetMs: 5 };

/** A choice, and what it did. @param {"auto" | "webrtc" | "websocket"} wanted @param {string} [cannot] @param {string} [costly] */
function choose(wanted, cannot = "", costly = "") {
  /** @type {string[]} */
  const did = [];
  const act = {
    connect: () => did.push("connect"),
    disconnect: () => did.push("disconnect"),
    pcm: (/** @type {boolean} */ on) => did.push(on ? "pcm" : "opus"),
  };
  const choice = new PathChoice({ wanted, cannot, costly, act });
  choice.begin(0);
  let nowMs = 0;
  /** Let time pass. @param {number} ms @param {(nowMs: number) => Partial<Seen>} [seen] */
  const pass = (ms, seen = () => ({})) => {
    for (const end = nowMs + ms; nowMs < end; ) {
      nowMs += 10;
      choice.step(nowMs, { ...SHORT, ...seen(nowMs) });
    }
  };
  const flowing = (/** @type {number} */ ms) => ({ opusMs: ms - 3 });
  return { choice, did, pass, flowing };
}

test("on a short line auto stays with PCM, and says why", () => {
  const { choice, did, pass } = choose("auto");
  pass(60_000);
  assert.deepEqual(did, ["pcm"]);
  assert.equal(choice.why, "the line is short");
});

test("on a long line auto goes over to WebRTC once it knows, and says why", () => {
  const { choice, did, pass, flowing } = choose("auto");
  pass(1400, () => ({ roundTripMs: 40 }));
  assert.deepEqual(did, ["pcm"]);
  pass(200, () => ({ roundTripMs: 40 }));
  assert.deepEqual(did, ["pcm", "connect"]);
  pass(100, (ms) => ({ roundTripMs: 40, ...flowing(ms) }));
  assert.deepEqual(did, ["pcm", "connect", "opus"]);
  assert.equal(choice.why, "a round trip of 40 ms");
});

test("blocks that TCP did not take make auto go over too", () => {
  const { did, pass } = choose("auto");
  pass(2000, () => ({ roundTripMs: 5, droppedBlocks: 3 }));
  assert.deepEqual(did, ["pcm", "connect"]);
});

test("what is asked for comes first; without sound in three seconds it is PCM, and later tried again, ever later", () => {
  const { choice, did, pass, flowing } = choose("webrtc");
  assert.deepEqual(did, ["connect"]);
  pass(2990);
  assert.deepEqual(did, ["connect"]);
  pass(20);
  assert.deepEqual(did, ["connect", "disconnect", "pcm"]);
  assert.match(choice.why, /no sound came within 3 s/);
  pass(2000);
  assert.deepEqual(did.slice(3), ["connect"]);
  pass(3010);
  assert.deepEqual(did.slice(4), ["disconnect", "pcm"]);
  pass(3900);
  assert.equal(did.length, 6);
  pass(110);
  assert.equal(did[6], "connect");
  pass(50, flowing);
  assert.equal(did[7], "opus");
});

test("packets that stop coming bring PCM within 25 ms, and end the connection after half a second", () => {
  const { choice, did, pass, flowing } = choose("webrtc");
  pass(500, flowing);
  assert.equal(choice.state, "opus");
  pass(20, () => ({ opusMs: 497 }));
  assert.deepEqual(did, ["connect", "opus", "pcm"]);
  pass(510, () => ({ opusMs: 497 }));
  assert.deepEqual(did.slice(3), ["disconnect", "pcm"]);
  assert.match(choice.why, /its packets stopped coming/);
});

test("packets that come back in time are heard again, without a new connection", () => {
  const { choice, did, pass, flowing } = choose("webrtc");
  pass(500, flowing);
  pass(100, () => ({ opusMs: 497 }));
  pass(300, flowing);
  assert.equal(choice.state, "opus");
  assert.deepEqual(did, ["connect", "opus", "pcm", "opus"]);
});

test("the reason is that of the change, also after a failure and a second try", () => {
  const { choice, pass, flowing } = choose("auto");
  pass(2000, () => ({ roundTripMs: 40 }));
  pass(100, (ms) => ({ roundTripMs: 40, ...flowing(ms) }));
  choice.failed("the connection failed", 2100);
  assert.equal(choice.why, "WebRTC: the connection failed");
  pass(2100, () => ({ roundTripMs: 1 })); // the line has become short, and what was needed once stays so
  assert.deepEqual([choice.state, choice.why], ["connecting", "a round trip of 40 ms"]);
});

test("where there was sound before, PCM is heard until WebRTC is", () => {
  const { choice, did } = choose("webrtc");
  choice.end();
  did.length = 0;
  choice.begin(100, true);
  assert.deepEqual(did, ["pcm", "connect"]);
});

test("a page that itself stood still does not take its own absence for a broken line", () => {
  const { choice, pass, flowing } = choose("webrtc");
  pass(500, flowing);
  choice.step(700, { ...SHORT, opusMs: 497 });
  assert.equal(choice.state, "opus");
});

test("where only the browser's own player plays WebRTC, auto takes it when TCP stands still, not for a long line", () => {
  const { choice, did, pass, flowing } = choose("auto", "", "no transform");
  pass(5000, () => ({ roundTripMs: 40 }));
  assert.deepEqual([did, choice.why], [["pcm"], "no transform"]);
  pass(20, () => ({ roundTripMs: 40, droppedBlocks: 2 }));
  pass(20, (ms) => ({ roundTripMs: 40, ...flowing(ms) }));
  assert.deepEqual(did, ["pcm", "connect", "opus"]);
  assert.equal(choice.why, "TCP stood still; no transform");
  assert.equal(choose("webrtc", "", "no transform").choice.why, "asked for; no transform");
});

test("where there is no WebRTC it is never tried", () => {
  const { choice, did, pass } = choose("webrtc", "this server has no WebRTC");
  pass(10_000, () => ({ roundTripMs: 40 }));
  assert.deepEqual(did, ["pcm"]);
  assert.equal(choice.why, "this server has no WebRTC");
});

test("PCM that was asked for stays", () => {
  const { did, pass } = choose("websocket");
  pass(10_000, () => ({ roundTripMs: 40, droppedBlocks: 9 }));
  assert.deepEqual(did, ["pcm"]);
});
