// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames } from "./page.js";
import { makeLoudness } from "../parts/loudness.js";

const READING = /** @type {any} */ ({ integrated: -23.04, momentary: -120, short_term: -18.5, range: 4, true_peak_max: [-3, -1.26] });

test("loudness is read in true figures, and silence is no number", async () => {
  const loudness = makeLoudness(null);
  loudness.show(READING);
  assert.match(loudness.textContent ?? "", /Integrated−23\.0 LUFS.*Momentary−∞ LUFS.*Short term−18\.5 LUFS.*Range4\.0 LU.*True peak−1\.3 dBTP/);
  assert.equal(loudness.glance.textContent, "−18.5 LUFS");
  frames(11); // 183 ms of 190
  loudness.show({ ...READING, short_term: -10 });
  assert.equal(loudness.glance.textContent, "−18.5 LUFS"); // too soon to be read
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(loudness.glance.textContent, "−10.0 LUFS"); // but not forgotten if nothing comes after it
});

test("what was over stays marked, and it can be measured anew, not by a listener", () => {
  let times = 0;
  const loudness = makeLoudness(() => times++);
  loudness.show({ ...READING, true_peak_max: [-3, 0] });
  assert.ok(find(loudness, "dl").classList.contains("over"));
  find(loudness, "button").click();
  assert.equal(times, 1);
  assert.equal(find(makeLoudness(null), "button").disabled, true);
});
