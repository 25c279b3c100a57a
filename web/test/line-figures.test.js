// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession } from "./page.js";
import { figures } from "../parts/line-figures.js";

test("all figures of the line have a name and a unit, those of packets and of the server only when there are some", () => {
  const stats = /** @type {any} */ (new FakeSession()).stats();
  const told = Object.fromEntries(figures(stats, null));
  assert.equal(told["Control round trip"], "4.0 ms");
  assert.equal(told["In hand"], "10.0 of 12.0 ms wanted");
  assert.equal(told["Messages, blocks lost on the way"], "200, 0");
  assert.equal(told["The node's clock now"], "not known yet");
  for (const name of ["Codec", "Jitter, RFC 3550", "WebRTC round trip, by ICE"]) assert.equal(name in told, false);
  const server = /** @type {any} */ ({ block_p50_us: 300, block_p99_us: 900, late_blocks: 1, skipped_blocks: 2, ring_fill_frames: 240, members: 3 });
  const more = Object.fromEntries(figures({ ...stats, packets: 5, codec: "Opus", cipher: "SRTP", lostFrames: 480, concealedFrames: 960, recoveredPackets: 1, latePackets: 0 }, server));
  assert.deepEqual([more["Lost, concealed"], more["Block, median and p99"], more["In the server's ring"], more["Listeners of this session"]], ["10 ms, 20 ms", "300, 900 µs", "240 frames", "3"]);
});

test("what the browser tells of a WebRTC line stands beside what we count, and what it does not tell is no zero", () => {
  const rtc = { ...(/** @type {any} */ (new FakeSession()).stats()), packets: 5, jitterMs: 1.26, rtcRoundTripMs: 20.5, clockOffsetMs: -3000.25, lostFrames: 0, concealedFrames: 0 };
  const told = Object.fromEntries(figures(rtc, null, 10000));
  assert.equal(told["Jitter, RFC 3550"], "1.3 ms");
  assert.equal(told["WebRTC round trip, by ICE"], "20.5 ms");
  assert.equal(told["The node's clock now"], "7.000 s"); // which begins anywhere: its own offset would tell nobody a thing
  assert.equal(Object.fromEntries(figures({ ...rtc, rtcRoundTripMs: 0 }, null))["WebRTC round trip, by ICE"], "not told"); // Firefox
});
