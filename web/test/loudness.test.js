// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";
import { makeLoudness } from "../parts/loudness.js";

test("loudness is read in true figures, and silence is no number", () => {
  const loudness = makeLoudness();
  const reading = /** @type {any} */ ({ integrated: -23.04, momentary: -120, short_term: -18.5, range: 4, true_peak: [-3, -1.26] });
  loudness.show(reading);
  assert.match(loudness.textContent ?? "", /Integrated−23\.0 LUFS.*Momentary−∞ LUFS.*Short term−18\.5 LUFS.*Range4\.0 LU.*True peak−1\.3 dBTP/);
  assert.equal(loudness.glance.textContent, "−18.5 LUFS");
  loudness.show({ ...reading, short_term: -10 });
  assert.equal(loudness.glance.textContent, "−18.5 LUFS"); // too soon to be read
});
