// @ts-check
/** What the console draws of filters and compressors, against scipy's cookbook filters and the closed form. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { outputDb, reductionDb } from "../../web/parts/compressor-curve.js";
import { across, bandEdges, down, frequencyAt } from "../../web/parts/eq-scale.js";
import { designs, gainDb, highPass, highShelf, lowShelf, peak, totalDb } from "../../web/parts/filter-curve.js";

const reference = JSON.parse(await readFile(new URL("../../tests/references/equaliser.json", import.meta.url), "utf8"));
/** @type {Record<string, (freqHz: number, gainDb: number, q: number, rateHz: number) => import("../../web/parts/filter-curve.js").Design>} */
const kinds = { highPass: (freqHz, _, q, rateHz) => highPass(freqHz, q, rateHz), lowShelf, peak, highShelf };

for (const { kind, freq_hz, gain_db, q, response_db } of reference.curves) {
  test(`the drawn ${kind} of ${gain_db} dB at ${freq_hz} Hz is scipy's within 0.01 dB`, () => {
    const design = kinds[kind](freq_hz, gain_db, q, reference.rate_hz);
    reference.frequencies_hz.forEach((/** @type {number} */ hz, /** @type {number} */ index) => {
      const drawn = gainDb(design, hz, reference.rate_hz);
      assert.ok(Math.abs(drawn - response_db[index]) < 0.01, `${hz} Hz: ${drawn} instead of ${response_db[index]}`);
    });
  });
}

test("only filters that are on are drawn, one on top of the other", () => {
  /** @type {Record<string, any>} */
  const values = { hp_on: true, hp_freq: 80, eq_on: true, eq_mid1_freq: 400, eq_mid1_gain: 6, eq_mid1_q: 1, eq_mid2_freq: 400, eq_mid2_gain: 3, eq_mid2_q: 1 };
  const value = (/** @type {string} */ name) => values[name] ?? 0;
  assert.equal(designs(value, true, 48000).length, 3);
  assert.ok(Math.abs(totalDb(designs(value, false, 48000), 400, 48000) - 9) < 1e-9);
  values.eq_on = false;
  assert.equal(designs(value, true, 48000).length, 1);
  values.hp_on = false;
  assert.equal(totalDb(designs(value, true, 48000), 400, 48000), 0);
});

test("a hard knee takes all that is above the threshold but for one part in the ratio", () => {
  const curve = { thresholdDb: -20, ratio: 4, kneeDb: 0, makeupDb: 3 };
  assert.deepEqual([-60, -20, 0].map((level) => reductionDb(curve, level)), [0, 0, 15]);
  assert.deepEqual([-60, -20, 0].map((level) => outputDb(curve, level)), [-57, -17, -12]);
});

test("a soft knee takes slope * knee / 8 at the threshold, and joins the lines at its ends", () => {
  const curve = { thresholdDb: -20, ratio: 4, kneeDb: 12, makeupDb: 0 };
  assert.deepEqual([-26, -20, -14].map((level) => reductionDb(curve, level)), [0, (0.75 * 12) / 8, 4.5]);
});

test("an EQ's drawing goes from 20 Hz to 20 kHz, and from 20 dB down to -20", () => {
  assert.deepEqual([across(20), across(20000), down(20), down(0), down(-20), down(99)], [0, 1, 0, 0.5, 1, 0]);
  assert.ok(Math.abs(frequencyAt(across(440)) - 440) < 1e-9);
});

test("the spectrum's bands lie where IEC 61260 puts them: the 18th around 1 kHz, each beginning where one ends", () => {
  const [low, high] = bandEdges(17);
  assert.ok(Math.abs(low * high - 1e6) < 1e-3);
  assert.ok(Math.abs(bandEdges(18)[0] - high) < 1e-9);
});
