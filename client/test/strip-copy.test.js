// @ts-check
/** What is carried from strip to strip, what is remembered, and whose hand wins. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Folding } from "../../web/parts/folding.js";
import { Hands } from "../../web/parts/hands.js";
import { copied, copy, differences } from "../../web/parts/strip-copy.js";

class Memory {
  /** @type {Map<string, string>} */
  kept = new Map();
  getItem = (/** @type {string} */ key) => this.kept.get(key) ?? null;
  setItem = (/** @type {string} */ key, /** @type {string} */ value) => void this.kept.set(key, value);
}

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

test("what is unfolded is remembered for the session of that name alone", () => {
  const memory = new Memory();
  new Folding("one", memory).keep("strip/1", true);
  assert.equal(new Folding("one", memory).isUnfolded("strip/1"), true);
  assert.equal(new Folding("one", memory).isUnfolded("strip/2"), false);
  assert.equal(new Folding("other", memory).isUnfolded("strip/1"), false);
  assert.equal(new Folding("other", memory).isUnfolded("master", true), true);
  memory.setItem("telharmonic.unfolded.one", "{broken");
  assert.equal(new Folding("one", memory).isUnfolded("strip/1"), false);
});

test("while a control is held, or its move is not answered, it is ours; then it shows what the session has", async () => {
  /** @type {string[]} */
  const shown = [];
  /** @type {() => void} */
  let answer = () => {};
  const set = () => new Promise((resolve) => (answer = () => resolve(null)));
  const settled = new Promise((resolve) => {
    const hands = new Hands({ set }, (address) => {
      shown.push(address);
      resolve(hands);
    });
    hands.hold("strip/1/fader", true);
    assert.equal(hands.busy("strip/1/fader"), true);
    const turned = hands.turn("strip/1/fader", -6);
    hands.hold("strip/1/fader", false);
    hands.hold("strip/1/fader", false);
    assert.equal(hands.busy("strip/1/fader"), true);
    assert.equal(hands.busy("strip/2/fader"), false);
    answer();
    void turned;
  });
  const hands = /** @type {Hands} */ (await settled);
  assert.equal(hands.busy("strip/1/fader"), false);
  assert.deepEqual(shown, ["strip/1/fader"]);
});
