// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { PlayoutTarget } from "../jitter.js";

const file = new URL("../../tests/references/jitter.json", import.meta.url);
/** @type {{scenarios: {name: string, options: Record<string, number>, events: [string, number, number][], target_frames: number[], mean_s: number[]}[]}} */
const { scenarios } = JSON.parse(readFileSync(file, "utf8"));

for (const scenario of scenarios) {
  test(`gives the vectors it shares with Python: ${scenario.name}`, () => {
    const { sample_rate_hz, message_frames, quantum_frames, safety } = scenario.options;
    const target = new PlayoutTarget({
      sampleRateHz: sample_rate_hz, messageFrames: message_frames, quantumFrames: quantum_frames, safety,
    });
    const targets = scenario.events.map(([kind, timeS, firstFrame], index) => {
      if (kind === "underrun") target.underrun();
      else target.arrived(timeS, firstFrame);
      assert.ok(Math.abs(target.meanS - scenario.mean_s[index]) < 1e-9, `${target.meanS} after event ${index}`);
      return target.targetFrames;
    });
    assert.deepEqual(targets, scenario.target_frames);
  });
}

test("refuses options out of range, naming them", () => {
  assert.throws(() => new PlayoutTarget({ safety: 1.5 }), /safety is 1.5/);
  assert.throws(() => new PlayoutTarget({ messageFrames: 0 }), /messageFrames is 0/);
});

test("knows the mean of the last arrivals, and none before the first", () => {
  const target = new PlayoutTarget();
  assert.ok(Number.isNaN(target.meanS));
  target.arrived(10, 0);
  target.arrived(10.003, 240);
  assert.ok(Math.abs(target.meanS - (10 + 10.003 - 0.005) / 2) < 1e-12);
});
