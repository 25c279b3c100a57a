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
  assert.equal("Codec" in told, false);
  const server = /** @type {any} */ ({ block_p50_us: 300, block_p99_us: 900, late_blocks: 1, skipped_blocks: 2, members: 3 });
  const more = Object.fromEntries(figures({ ...stats, packets: 5, codec: "Opus", cipher: "SRTP", lostFrames: 480, concealedFrames: 960, recoveredPackets: 1, latePackets: 0 }, server));
  assert.deepEqual([more["Lost, concealed"], more["Block, median and p99"], more["Listeners of this session"]], ["10 ms, 20 ms", "300, 900 µs", "3"]);
});
