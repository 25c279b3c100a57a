// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart } from "./page.js";
import { makeMaster } from "../parts/master.js";

test("the master shows correlation and limiter while it is unfolded, and remembers to be", () => {
  const { part } = makePart({}, "master");
  /** @type {boolean[]} */
  const folds = [];
  const master = makeMaster({ part, rateHz: 48000, lamp: document.createElement("i"), anew: () => {}, unfolded: true, onFold: (open) => folds.push(open) });
  const reading = { peak: [-6, -6], rms: [-9, -9], true_peak_max: [-3, -3], true_peak: [-5, -5], momentary: -20, short_term: -20, integrated: -20, range: 1, correlation: -0.5, limiter_db: -2, spectrum: [] };
  master.showReading(/** @type {any} */ (reading));
  assert.match(master.body.textContent ?? "", /Correlation−0\.50/);
  assert.match(master.body.textContent ?? "", /Reduction−2\.0 dB/);
  find(master.body, ".unfold").click();
  master.showReading(/** @type {any} */ ({ ...reading, correlation: 1 }));
  assert.match(master.body.textContent ?? "", /Correlation−0\.50/);
  assert.deepEqual(folds, [false]);
});
