// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { copied, copy, differences } from "../parts/strip-copy.js";
import { Memory } from "./page.js";

/** @type {any} */
const rows = { fader: { default: 0 }, eq_low_gain: { default: 0 }, comp_on: { default: false }, mute: { default: false }, output: { default: "master" } };

/** @param {Record<string, any>} values @returns {any} */
const part = (values, without = "") => ({
  rows: Object.fromEntries(Object.entries(rows).filter(([name]) => name !== without)),
  value: (/** @type {string} */ name) => values[name] ?? rows[name].default,
});

test("a strip's sound is copied, but neither its mute nor where it goes", () => {
  const memory = new Memory();
  copy(part({ fader: -6, comp_on: true, mute: true, output: "group/drums" }), memory);
  assert.deepEqual(differences(part({}), copied(memory) ?? {}), { fader: -6, comp_on: true });
});

test("only what is different and known there is turned", () => {
  const memory = new Memory();
  copy(part({ fader: -6, eq_low_gain: 3 }), memory);
  assert.deepEqual(differences(part({ fader: -6 }, "eq_low_gain"), copied(memory) ?? {}), {});
});

test("nothing, or what others wrote, cannot be pasted", () => {
  const memory = new Memory();
  assert.equal(copied(memory), null);
  for (const text of ["", "{", "null", "[1]", "7"]) {
    memory.setItem("telharmonic.copied", text);
    assert.equal(copied(memory), null, text);
  }
  assert.deepEqual(differences(part({}), { fader: "loud", comp_on: 1, other: 3 }), {});
});
