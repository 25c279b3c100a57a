// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { packetFrames } from "../opus-packet.js";
import { PacketOrder } from "../packet-order.js";
import { parseRed } from "../red.js";
import { askForStereo, payloadType } from "../webrtc-offer.js";

test("a RED payload gives its copies, oldest first, and last the frame itself", () => {
  // RFC 2198, section 3: F, block PT, 14 bits of offset, 10 of length; the last header is F = 0 and PT alone
  const header = (/** @type {number} */ offset, /** @type {number} */ length) => [
    0x80 | 111, offset >> 6, ((offset & 0x3f) << 2) | (length >> 8), length & 0xff,
  ];
  const payload = Uint8Array.from([...header(480, 2), ...header(240, 1), 111, 10, 11, 20, 30, 31, 32]);
  const blocks = parseRed(payload).map(({ offset, data }) => [offset, [...data]]);
  assert.deepEqual(blocks, [[480, [10, 11]], [240, [20]], [0, [30, 31, 32]]]);
});

test("a RED payload that ends too early is refused, never read beyond", () => {
  const whole = [0x80 | 111, 3, 0xc0, 4, 111, 1, 2, 3, 4, 5];
  for (let length = 0; length < 9; length++) {
    assert.throws(() => parseRed(Uint8Array.from(whole.slice(0, length))), RangeError, `of ${length}`);
  }
  assert.equal(parseRed(Uint8Array.from(whole)).length, 2);
});

test("an Opus packet says how long it sounds, as table 2 of RFC 6716 has it", () => {
  const of = (/** @type {number} */ configuration, /** @type {number} */ code, count = 0) =>
    packetFrames(Uint8Array.from([(configuration << 3) | code, count]));
  assert.deepEqual([28, 29, 30, 31].map((configuration) => of(configuration, 0)), [120, 240, 480, 960]);
  assert.deepEqual([0, 3, 12, 15].map((configuration) => of(configuration, 0)), [480, 2880, 480, 960]);
  assert.deepEqual([of(29, 1), of(29, 3, 3)], [480, 720]);
  assert.throws(() => of(31, 3, 48), /46080 frames/);
  assert.throws(() => packetFrames(new Uint8Array(0)), /0 bytes/);
});

/** @param {[number, number, boolean?][]} arrivals number of the packet, when, whether it is a copy */
function order(arrivals) {
  /** @type {(number | string)[]} */
  const given = [];
  const made = new PacketOrder({
    release: ({ frame }) => given.push(frame / 240),
    lose: (frame, frames) => given.push(`lost ${frame / 240} to ${(frame + frames) / 240 - 1}`),
  });
  for (const [index, ms, copy] of arrivals) {
    made.push({ frame: index * 240, frames: 240, data: Uint8Array.of(1) }, ms, copy);
  }
  return { given, made };
}

test("packets in order go through at once, a gap is given up when the next one is there", () => {
  assert.deepEqual(order([[5, 0], [6, 5], [9, 20], [10, 25]]).given, [5, 6, "lost 7 to 8", 9, 10]);
});

test("a copy within a later packet fills the gap, and one that is not missing changes nothing", () => {
  const { given, made } = order([[5, 0], [5, 10, true], [6, 10, true], [7, 10], [6, 15, true], [7, 15, true], [8, 15]]);
  assert.deepEqual(given, [5, 6, 7, 8]);
  assert.deepEqual([made.recovered, made.late], [1, 0]);
});

test("once packets came out of order, a gap is waited for as long as the worst of them needed, and no longer", () => {
  const { given, made } = order([
    [0, 0], [2, 10], [1, 14], // too late by 4 ms
    [3, 15], [5, 25], [4, 27], [6, 30], // in time
    [8, 40], [9, 44], [10, 46], // 7 is lost
  ]);
  assert.deepEqual(given, [0, "lost 1 to 1", 2, 3, 4, 5, 6, "lost 7 to 7", 8, 9, 10]);
  assert.equal(made.late, 1);
});

test("half a minute after the last one out of order nothing is waited for any more", () => {
  const { given } = order([[0, 0], [2, 10], [1, 20], [3, 30_100], [5, 30_110]]);
  assert.deepEqual(given.slice(-2), ["lost 4 to 4", 5]);
});

test("a stream that goes on somewhere else is no gap", () => {
  assert.deepEqual(order([[0, 0], [10_000, 5], [10_001, 10]]).given, [0, 10_000, 10_001]);
});

test("the offer asks for stereo once, and payload types are found", () => {
  const sdp = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n";
  const asked = askForStereo(sdp);
  assert.match(asked, /^a=fmtp:111 stereo=1;sprop-stereo=1;minptime=10;useinbandfec=1\r$/m);
  assert.equal(askForStereo(asked), asked);
  assert.deepEqual([payloadType(sdp, "opus"), payloadType(sdp, "red"), payloadType(sdp, "pcmu")], [111, 63, -1]);
});
