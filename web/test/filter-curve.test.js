// @ts-check
/** What the console draws of filters and compressors, against scipy's cookbook filters and the closed form. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { designs, gainDb, highPass, highShelf, lowShelf, peak, totalDb } from "../parts/filter-curve.js";

const reference = JSON.parse(await readFile(new URL("../../tests/references/equaliser.json", import.meta.url), "utf8"));
/** @type {Record<string, (freqHz: number, gainDb: number, q: number, rateHz: number) => import("../parts/filter-curve.js").Design>} */
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
