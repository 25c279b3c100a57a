// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, Memory } from "./page.js";
import { keptClouds, makeBank } from "../parts/cloud-bank.js";

/** @type {any} as the server's table has it */
const PITCH = { name: "grain_pitch", law: "log", minimum: 0.0625, maximum: 8, unit: "" };

/** @param {Memory} [memory] */
function make(memory = new Memory()) {
  /** @type {any[]} */
  const sent = [];
  const now = { "strip/1/grain_pitch": 0.5 };
  const bank = makeBank({
    name: "Test", memory: /** @type {any} */ (memory), values: () => ({ ...now }), rowOf: () => PITCH,
    send: (values, { rampS } = {}) => sent.push(rampS === undefined ? values : [values, rampS]),
  });
  document.body.append(bank);
  const button = (/** @type {string} */ label) => find(bank, `button[aria-label="${label}"]`);
  return { bank, sent, now, memory, button, morph: find(bank, ".morph") };
}

test("a place can be gone to once a cloud is stored there, over a second", () => {
  const { button, sent } = make();
  assert.equal(button("Go to cloud B").disabled, true);
  button("Store cloud B").click();
  button("Go to cloud B").click();
  assert.deepEqual(sent, [[{ "strip/1/grain_pitch": 0.5 }, 1]]);
  assert.equal(button("Go to cloud A").disabled, true);
});

test("two stored clouds can be morphed, half way in the parameter's own law, once a frame", () => {
  const { bank, button, sent, now, morph } = make();
  assert.equal(morph.disabled, true);
  assert.match(bank.textContent ?? "", /Store two clouds/);
  button("Store cloud A").click();
  now["strip/1/grain_pitch"] = 2;
  button("Store cloud B").click();
  assert.equal(morph.disabled, false);
  for (const share of ["0.2", "0.5"]) {
    morph.value = share;
    morph.dispatchEvent(new Event("input"));
  }
  frames();
  assert.equal(sent.length, 1);
  assert.ok(Math.abs(sent[0]["strip/1/grain_pitch"] - 1) < 1e-12);
});

test("what was stored is there again when the page is, for a session of that name alone", () => {
  const { button, memory } = make();
  button("Store cloud C").click();
  assert.equal(make(memory).button("Go to cloud C").disabled, false);
  assert.deepEqual(keptClouds("Another", memory), {});
});

test("clouds that others wrote, or nothing, are none", () => {
  const memory = (/** @type {string | null} */ text) => ({ getItem: () => text });
  for (const text of [null, "{", "null", "7", "[]", '{"A": 3}']) assert.deepEqual(keptClouds("x", memory(text)), {}, String(text));
  assert.deepEqual(keptClouds("x", memory('{"A": {"strip/1/grain_pitch": 2, "b": "loud"}, "Z": {"a": 1}}')), { A: { "strip/1/grain_pitch": 2 } });
});

test("of what was stored, that of players who are no longer there is left out, and the morph stands where one went", () => {
  const memory = new Memory();
  const cloud = { "strip/1/grain_pitch": 2, "strip/99/grain_pitch": 4 };
  memory.setItem("telharmonic.clouds.Test", JSON.stringify({ A: cloud, B: cloud }));
  const { button, sent, morph } = make(memory);
  button("Go to cloud B").click();
  assert.deepEqual(sent, [[{ "strip/1/grain_pitch": 2 }, 1]]);
  assert.equal(morph.value, "1");
  button("Go to cloud A").click();
  assert.equal(morph.value, "0");
  morph.value = "0.5";
  morph.dispatchEvent(new Event("input"));
  frames();
  assert.deepEqual(sent.at(-1), { "strip/1/grain_pitch": 2 });
});
