// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { measurePlayer, pingStages } from "../audio-ping.js";
import { Emitter } from "../emitter.js";

test("the stages of a player's ping add up to its total, the output beyond it", () => {
  const onset = { frame: 4872, atMs: 1030, firstFrame: 4800, arrivalMs: 1021, outputMs: 8 };
  const { totalMs, split } = pingStages({ sentMs: 1000, answeredMs: 1004, onset, readyMs: 1020 });
  assert.equal(totalMs, 30);
  assert.deepEqual(split, { control: 2, wait: 18, network: 1, ring: 9, output: 8 });
});

/**
 * A session whose blocks of 5 ms are ready at 5 n ms, come 1 ms later, and are played 10 ms after they came.
 * @extends {Emitter<import("../types.js").SessionEvents>}
 */
class FakeSession extends Emitter {
  sampleRateHz = 48000;
  armed = 0;

  stats = () => ({ underruns: 0 });

  async armPing() {
    this.armed += 1;
  }

  /** The sound begins with the first block that is ready after `ms`. @param {number} ms */
  sound(ms) {
    const block = Math.ceil(ms / 5);
    const arrivalMs = block * 5 + 1;
    this.emit("onset", { frame: block * 240, firstFrame: block * 240, arrivalMs, atMs: arrivalMs + 10, outputMs: 0 });
  }

  async ping() {
    this.sound(performance.timeOrigin + performance.now());
    return { totalMs: 0, split: { network: 1 } };
  }
}

test("a player's own delay is told as waiting", async () => {
  const session = new FakeSession();
  /** @type {unknown[]} */
  const asked = [];
  const relay = async (/** @type {unknown} */ queue) => {
    asked.push(queue);
    session.sound(performance.timeOrigin + performance.now() + 100);
  };
  const measured = await measurePlayer(/** @type {any} */ (session), { relay, host: "csound", freqHz: 800, count: 3 });
  assert.deepEqual(asked[0], [["csound", "/ping/freq", "f", 800]]);
  assert.equal(session.armed, 5 + 3);
  assert.equal(measured.samplesMs.length, 3);
  // 100 ms, up to one block, and 11 ms of the line; a busy machine only makes the relay's own part longer
  assert.ok(measured.samplesMs.every((ms) => ms > 110.9), String(measured.samplesMs));
  const { wait, network, ring } = measured.splitMs;
  assert.ok(wait > 99 && Math.abs(network - 1) < 0.01 && Math.abs(ring - 10) < 0.01, JSON.stringify(measured.splitMs));
});

test("what the relay refuses ends the measurement with its reason", async () => {
  const relay = () => Promise.reject(new Error("no host is called 'csound'"));
  await assert.rejects(measurePlayer(/** @type {any} */ (new FakeSession()), { relay, host: "csound" }), /no host/);
});

test("a measurement can be given up while it waits for what does not come", async () => {
  const session = new FakeSession();
  const stop = new AbortController();
  const relay = async () => void queueMicrotask(() => stop.abort(new Error("cancelled"))); // and no sound comes
  const beginMs = performance.now();
  await assert.rejects(measurePlayer(/** @type {any} */ (session), { relay, host: "csound", signal: stop.signal }), /cancelled/);
  assert.ok(performance.now() - beginMs < 2900, "it did not wait until the ping was lost");
});
