// @ts-check
/** What becomes of clouds' values. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cloudPlace, morphed, pieces, placing, randomised, spreadOut } from "../parts/cloud-values.js";

/** @type {Record<string, any>} as the server's table has them */
const rows = {
  grain_amp: { name: "grain_amp", law: "db", minimum: -120, maximum: 12, unit: "dB" },
  grain_density: { name: "grain_density", law: "linear", minimum: 0, maximum: 2000, unit: "1/s" },
  grain_duration: { name: "grain_duration", law: "log", minimum: 0.001, maximum: 2, unit: "s" },
  grain_pitch: { name: "grain_pitch", law: "log", minimum: 0.0625, maximum: 8, unit: "" },
  grain_position: { name: "grain_position", law: "linear", minimum: 0, maximum: 1, unit: "" },
  grain_speed: { name: "grain_speed", law: "linear", minimum: -4, maximum: 4, unit: "x" },
  grain_seed: { name: "grain_seed", law: "linear", minimum: 0, maximum: 9999, unit: "" },
};
const rowOf = (/** @type {string} */ address) => rows[address.split("/")[2]];

test("chance keeps to each range and leaves the level alone", () => {
  for (const u of [0, 0.25, 0.5, 0.9999]) {
    const values = randomised(rows, () => u);
    assert.deepEqual(Object.keys(values).sort(), Object.keys(rows).filter((name) => name !== "grain_amp").sort());
    for (const [name, value] of Object.entries(values)) {
      assert.ok(value >= rows[name].minimum && value <= rows[name].maximum, `${name} ${value}`);
    }
    assert.equal(values.grain_seed % 1, 0);
  }
});

test("values are spread evenly in the parameter's own law", () => {
  assert.deepEqual(spreadOut(rows.grain_position, 0, 1, 5), [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(spreadOut(rows.grain_pitch, 0.5, 2, 3), [0.5, 1, 2]);
  assert.deepEqual(spreadOut(rows.grain_pitch, 0.5, 2, 1), [0.5]);
});

test("a morph goes through the law, the seed in one step, and ends where it says", () => {
  const a = { "strip/1/grain_pitch": 0.5, "strip/1/grain_seed": 3, "strip/2/grain_amp": -120, "strip/9/unknown": 1 };
  const b = { "strip/1/grain_pitch": 2, "strip/1/grain_seed": 8, "strip/2/grain_amp": 0 };
  assert.deepEqual(morphed(rowOf, a, b, 0), { "strip/1/grain_pitch": 0.5, "strip/1/grain_seed": 3, "strip/2/grain_amp": -120 });
  assert.deepEqual(morphed(rowOf, a, b, 1), { "strip/1/grain_pitch": 2, "strip/1/grain_seed": 8, "strip/2/grain_amp": 0 });
  const half = morphed(rowOf, a, b, 0.5);
  assert.ok(Math.abs(half["strip/1/grain_pitch"] - 1) < 1e-12);
  assert.equal(half["strip/2/grain_amp"], -24);
});

test("the cloud is where the server mixes it", () => {
  const values = { grain_position: 0.8, grain_position_mix: 0.25, grain_position_spread: 0.1 };
  const { middle, spread } = cloudPlace(values, 0.4);
  assert.ok(Math.abs(middle - 0.5) < 1e-12);
  assert.equal(spread, 0.1);
});

test("many values go in messages that the server takes: 512 settings, 16384 bytes", () => {
  const short = Object.fromEntries(Array.from({ length: 1100 }, (_, n) => [`a/${n}`, n]));
  assert.deepEqual(pieces(short).map((piece) => Object.keys(piece).length), [500, 500, 100]);
  const long = Object.fromEntries(Array.from({ length: 64 * 14 }, (_, n) => [`strip/\u{1f3b6}${n}/grain_position_spread`, 1 / (n + 7)]));
  for (const piece of pieces(long)) assert.ok(new TextEncoder().encode(JSON.stringify(piece)).length <= 12_000);
  assert.deepEqual(Object.assign({}, ...pieces(long)), long);
  assert.deepEqual(pieces({}), []);
});

test("a hand that points at a place takes the cloud from the scan, once in a gesture", () => {
  /** @type {any[]} */
  const turned = [];
  const hand = placing({ owner: "strip/1", turn: (/** @type {any[]} */ ...what) => turned.push(what) });
  assert.equal(hand.owner, "strip/1");
  hand.turn("grain_position", 0.5, 7);
  hand.turn("grain_position", 0.6, 7);
  hand.turn("grain_pitch", 2, 7);
  hand.turn("grain_position", 0.7, 8);
  assert.deepEqual(turned, [
    ["grain_position", 0.5, 7], ["grain_position_mix", 1, 7], ["grain_position", 0.6, 7], ["grain_pitch", 2, 7],
    ["grain_position", 0.7, 8], ["grain_position_mix", 1, 8],
  ]);
});
