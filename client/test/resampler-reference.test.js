// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Resampler } from "../resampler.js";

/** @type {{ sound: number[], cases: { ratio: number, step: number, position: number, wanted: number[] }[] }} */
const reference = JSON.parse(readFileSync(new URL("../../tests/references/resampling.json", import.meta.url), "utf8"));

for (const { ratio, step, position, wanted } of reference.cases) {
  test(`noise read ${step.toFixed(3)} times as fast is its definition in double precision`, () => {
    const ring = Float32Array.from(reference.sound.flatMap((value) => [value, value]));
    const left = new Float32Array(wanted.length);
    const right = new Float32Array(wanted.length);
    new Resampler(ratio).read(ring, reference.sound.length - 1, position, step, left, right, 0, wanted.length);
    // white noise is the hardest: the table's phases are -94 dB from the definition at worst
    const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - left[i])), 0);
    assert.ok(worst < 6e-5, `${worst}`);
    assert.deepEqual(right, left);
  });
}
