// @ts-check
/** The pages' laws: how a fader's way is divided. (The pages have no other code that is worth a unit test.) */
import assert from "node:assert/strict";
import { test } from "node:test";
import { meterPosition } from "../../web/parts/meter-scale.js";
import { reading, spoken, stepped, toPosition, toValue, typed } from "../../web/parts/law.js";

/** @typedef {import("../protocol.js").ParameterRow} Row */

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

test("the upper 20 dB of a meter have two thirds of its height", () => {
  assert.deepEqual([-80, -60, 6, 20].map(meterPosition), [0, 0, 1, 1]);
  assert.equal(meterPosition(-20), 0.34);
  assert.ok(meterPosition(0) > 0.8);
});
