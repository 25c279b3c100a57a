// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "../backoff.js";
import { browserName, percentile } from "../latency.js";
import { PingTimer } from "../ping.js";
import { ServerClock } from "../server-clock.js";

test("the stages of a ping add up to its total, the output beyond it", () => {
  const timer = new PingTimer({ startMs: 1000 });
  // the server's clock is 500 ms ahead; its block of 240 frames begins at frame 4800
  timer.acknowledged(4800, { received_us: 1500_400, applied_us: 1502_000, rendered_us: 1502_300 }, 500);
  timer.heard(4872, 1010.5); // 72 frames of look-ahead: the same message
  const result = timer.result(() => ({ firstFrame: 4800, arrivalMs: 1003 }), 48000, 8);
  assert.ok(result);
  const { output, ...stages } = result.split;
  const rounded = Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, Math.round(ms * 10) / 10]));
  assert.deepEqual(rounded, { control: 0.4, wait: 1.6, render: 0.3, network: 0.7, ring: 7.5 });
  assert.equal(output, 8);
  assert.ok(Math.abs(Object.values(stages).reduce((a, b) => a + b) - result.totalMs) < 1e-9);
});

test("a look-ahead that puts the sound into the next message counts as rendering", () => {
  const timer = new PingTimer({ startMs: 0 });
  timer.acknowledged(120, { received_us: 1000, applied_us: 2000, rendered_us: 3000 }, 0);
  timer.heard(260, 20);
  const messageOf = (/** @type {number} */ frame) => ({ firstFrame: frame < 240 ? 0 : 240, arrivalMs: frame < 240 ? 4 : 9 });
  assert.equal(timer.result(messageOf, 48000, 0)?.split.render, 6);
});

test("there is no result before both ends have been stamped", () => {
  const timer = new PingTimer({ startMs: 0 });
  assert.equal(timer.result(() => null, 48000, 0), null);
  timer.heard(1, 2);
  assert.equal(timer.result(() => null, 48000, 0), null);
});

test("the clock of the echo with the least round trip is believed", () => {
  const clock = new ServerClock();
  assert.ok(Number.isNaN(clock.offsetMs));
  clock.echo(0, 1005, 20); // 10 ms one way, if it were symmetric: 995
  clock.echo(100, 1101, 102); // 1 ms: 1000
  clock.echo(200, 1230, 240);
  assert.equal(clock.offsetMs, 1000);
  assert.equal(clock.roundTripMs, 20);
  clock.reset();
  assert.ok(Number.isNaN(clock.offsetMs));
});

test("the first attempt after a break is at once, later ones ever later up to 3 s", () => {
  assert.equal(backoffMs(0), 0);
  assert.deepEqual([1, 2, 3, 20].map((n) => backoffMs(n, () => 1)), [100, 200, 400, 3000]);
  assert.equal(backoffMs(20, () => 0), 1500);
});

test("percentiles are values that were measured", () => {
  const samples = Array.from({ length: 100 }, (_, i) => 100 - i);
  assert.deepEqual([0.5, 0.95, 0.99, 1].map((share) => percentile(samples, share)), [50, 95, 99, 100]);
});

test("browsers are named shortly", () => {
  assert.equal(browserName("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox 140");
  assert.equal(browserName("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36"), "Chrome 156");
  assert.equal(browserName("curl/8"), "browser");
});
