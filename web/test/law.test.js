// @ts-check
/** The pages' laws: how a fader's way is divided. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { between, display, reading, spoken, stepped, tidy, toPosition, toValue, typed } from "../parts/law.js";

/** @typedef {import("../../client/protocol.js").ParameterRow} Row */

const common = { unit: "dB", default: 0, allowed: "" };
/** @type {Row} */
const fader = { ...common, name: "fader", label: "Fader", law: "db", minimum: -120, maximum: 12 };
/** @type {Row} */
const frequency = { ...common, name: "hp_freq", label: "", unit: "Hz", law: "log", minimum: 20, maximum: 400 };
/** @type {Row} */
const pan = { ...common, name: "pan", label: "Pan", unit: "", law: "linear", minimum: -1, maximum: 1 };

test("a fader's way goes from silence to its maximum, and 0 dB is at 78 %", () => {
  assert.deepEqual([-120, 0, 12].map((db) => toPosition(fader, db)), [0, 0.78, 1]);
});

for (const row of [fader, frequency, pan]) {
  test(`the value at a place and the place of a value belong together: ${row.name}`, () => {
    for (let place = 0; place <= 1; place += 1 / 64) {
      assert.ok(Math.abs(toPosition(row, toValue(row, place)) - place) < 1e-9, `${place}`);
    }
  });
}

test("on a short way a value keeps as many figures as on a long one", () => {
  const short = { ...pan, name: "level", minimum: 0, maximum: 0.02 };
  assert.equal(tidy(short, 0.0123456), 0.0123);
  assert.equal(tidy(pan, 0.123456), 0.12);
});

test("one key press is half a decibel, and at the lower end silence", () => {
  assert.equal(stepped(fader, -6, 1), -5.5);
  assert.equal(stepped(fader, 12, 1), 12);
  assert.equal(stepped(fader, -71.9, -1), -120);
  assert.equal(stepped(fader, -120, 1), -60);
});

test("readings have a true minus, a sign, and words for the ends", () => {
  assert.deepEqual([-120, -6, 0, 3].map((db) => reading(fader, db)), ["−∞", "−6.0", "0.0", "+3.0"]);
  assert.deepEqual([-0.5, 0, 1].map((value) => reading(pan, value)), ["L50", "C", "R100"]);
  assert.deepEqual([spoken(fader, -120), spoken(fader, -6), spoken(pan, 0.25)], ["silence", "-6.0 dB", "25 percent right"]);
});

test("what is typed is taken if it is a number in range, with or without its unit", () => {
  assert.deepEqual(["-6", "−6 dB", "-6,5", " 3 "].map((text) => typed(fader, text)), [-6, -6, -6.5, 3]);
  assert.deepEqual(["-inf", "−∞", "-Infinity"].map((text) => typed(fader, text)), [-120, -120, -120]);
  assert.deepEqual(["20", "", "loud", "-130"].map((text) => typed(fader, text)), [null, null, null, null]);
});

/** @type {Row} */
const attack = { ...common, name: "comp_attack", label: "", unit: "s", law: "log", minimum: 0.0001, maximum: 0.5 };
/** @type {Row} */
const ratio = { ...common, name: "comp_ratio", label: "", unit: ":1", law: "log", minimum: 1, maximum: 20 };
/** @type {Row} */
const band = { ...common, name: "eq_mid1_freq", label: "", unit: "Hz", law: "log", minimum: 20, maximum: 20000 };

test("values stand in the unit in which they are short", () => {
  assert.deepEqual([0.0001, 0.01, 0.15, 0.5].map((s) => spoken(attack, s)), ["0.10 ms", "10.0 ms", "150 ms", "500 ms"]);
  assert.deepEqual([80, 999, 2500, 12500].map((hz) => spoken(band, hz)), ["80.0 Hz", "999 Hz", "2.50 kHz", "12.5 kHz"]);
  assert.deepEqual([display(ratio, 4), spoken(ratio, 4), display(pan, -0.2), display(fader, -120)], ["4.00:1", "4.00 to 1", "L20", "−∞\u202fdB"]);
});

test("a number without a unit is in the one that stands there, and in the parameter's own if it cannot be that", () => {
  assert.deepEqual([typed(attack, "20", 0.01), typed(attack, "20 ms"), typed(attack, "0.02 s")], [0.02, 0.02, 0.02]);
  assert.deepEqual([typed(band, "3", 2500), typed(band, "800", 2500), typed(band, "1.2k", 80), typed(band, "3", 80)], [3000, 800, 1200, null]);
  assert.deepEqual([typed(pan, "L50"), typed(pan, "r100"), typed(pan, "C"), typed(pan, "0.25"), typed(pan, "L101")], [-0.5, 1, 0, 0.25, null]);
  assert.deepEqual([typed(ratio, "4:1"), typed(ratio, "4 ms")], [4, null]);
});

test("every display that is typed again gives the value it shows", () => {
  for (const row of [attack, ratio, band, frequency, pan]) {
    for (let place = 0; place <= 1; place += 1 / 32) {
      const value = tidy(row, toValue(row, place));
      const again = typed(row, display(row, value), value);
      assert.ok(again !== null && Math.abs(again - value) <= 0.012 * Math.abs(value) + 1e-6, `${row.name} ${value}: ${display(row, value)}, ${again}`);
    }
  }
});

test("what glides goes by its law: frequencies by octaves, levels by decibels", () => {
  assert.ok(Math.abs(between(band, 100, 400, 0.5) - 200) < 1e-9);
  assert.equal(between(fader, -10, 0, 0.5), -5);
});

test("a seed is a whole number, and of a small share the thousandths are shown", () => {
  /** @type {Row} */
  const seed = { ...pan, name: "grain_seed", minimum: 0, maximum: 9999 };
  const share = { ...pan, name: "grain_pitch_spread", minimum: 0 };
  assert.deepEqual([reading(seed, 1), tidy(seed, 12.6), display(seed, 4711)], ["1", 13, "4711"]);
  assert.deepEqual([0, 0.001, 0.0123, 0.05, 0.099, 0.0999, 0.5].map((value) => reading(share, value)), ["0.00", "0.001", "0.012", "0.05", "0.099", "0.10", "0.50"]);
});
