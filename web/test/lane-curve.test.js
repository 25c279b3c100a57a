// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { besideNeighbours, between, curve, rounded } from "../parts/lane-curve.js";

/** @type {import("../parts/law.js").Row} */
const PAN = { name: "pan", label: "Pan", unit: "", law: "linear", default: 0, allowed: "-1 to 1", minimum: -1, maximum: 1 };
/** @type {import("../parts/law.js").Row} */
const MUTE = { name: "mute", label: "Mute", unit: "", law: "switch", default: false, allowed: "true or false" };
/** @type {import("../parts/law.js").Row} */
const FREQ = { name: "hp_freq", label: "High-pass", unit: "Hz", law: "log", default: 80, allowed: "", minimum: 20, maximum: 400 };

test("a lane is level before its first point and after its last", () => {
  const line = curve(PAN, [[2, 0], [4, 1]], 0, 10);
  assert.deepEqual(line[0], [0, 0.5]);
  assert.deepEqual(line.at(-1), [10, 1]);
  assert.deepEqual(curve(PAN, [], 0, 10), []);
});

test("a switch waits for its next point", () => {
  assert.deepEqual(curve(MUTE, [[1, false], [2, true]], 0, 3), [[0, 0], [1, 0], [2, 0], [2, 1], [3, 1]]);
});

test("a frequency goes straight in octaves", () => {
  assert.ok(Math.abs(between(FREQ, 100, 400, 0.5) - 200) < 1e-9);
});

test("a point stays between its neighbours", () => {
  /** @type {[number, number][]} */
  const points = [[1, 0], [2, 0], [3, 0]];
  assert.equal(besideNeighbours(points, 1, 9, 10), 2.999);
  assert.equal(besideNeighbours(points, 1, 0, 10), 1.001);
  assert.equal(besideNeighbours(points, 0, -5, 10), 0);
  assert.equal(besideNeighbours(points, 2, 50, 10), 10);
});

test("what is set lies in the parameter's range", () => {
  assert.equal(rounded(PAN, 1.00001), 1);
  assert.equal(rounded(FREQ, 123.456), 123.5);
  assert.equal(rounded(MUTE, 0.7), true);
});
