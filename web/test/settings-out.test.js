// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "./page.js";
import { SettingsOut } from "../parts/settings-out.js";

function make() {
  /** @type {any[]} */
  const sent = [];
  /** @type {((error?: Error) => void)[]} */
  const answers = [];
  const sendCommand = (/** @type {any} */ command) => new Promise((resolve, reject) => {
    sent.push(command);
    answers.push((error) => (error ? reject(error) : resolve({})));
  });
  /** @type {string[]} */
  const told = [];
  const out = new SettingsOut(/** @type {any} */ ({ sendCommand }), (text) => told.push(text), 0);
  const answer = async (/** @type {Error} */ error) => {
    answers.shift()?.(error);
    for (let n = 0; n < 3; n++) await settled();
  };
  return { out, sent, told, answer: /** @type {(error?: Error) => Promise<void>} */ (answer) };
}

test("what comes while one is on its way waits, the newest values of a gesture in one message", async () => {
  const { out, sent, answer } = make();
  out.put({ a: 1 }, { gesture: 3 });
  out.put({ a: 2, b: 1 }, { gesture: 3 });
  out.put({ a: 3 }, { gesture: 3 });
  out.put({ a: 4 }, { gesture: 4, rampS: 1 });
  assert.deepEqual(sent, [{ type: "set_many", values: { a: 1 }, gesture: 3 }]);
  await answer();
  await answer();
  assert.deepEqual(sent.slice(1), [
    { type: "set_many", values: { a: 3, b: 1 }, gesture: 3 }, { type: "set_many", values: { a: 4 }, gesture: 4, ramp_s: 1 },
  ]);
});

test("all clouds of 64 players go in messages below the server's 16384 bytes, as one step of undo", async () => {
  const { out, sent } = make();
  const names = ["grain_position_spread", "grain_pitch_spread", "grain_duration", "grain_density", "grain_position_mix", "grain_plateau"];
  const values = Object.fromEntries(Array.from({ length: 64 * 14 }, (_, n) => [`strip/${n % 64}/${names[n % 6]}${n}`, 1 / (n + 3)]));
  out.put(values);
  assert.ok(sent.length > 1);
  for (const command of sent) assert.ok(new TextEncoder().encode(JSON.stringify({ ...command, id: 123456 })).length < 16384);
  assert.equal(new Set(sent.map(({ gesture }) => gesture)).size, 1);
  assert.deepEqual(Object.assign({}, ...sent.map((command) => command.values)), values);
});

test("a refusal is told, and what waits goes on", async () => {
  const { out, sent, told, answer } = make();
  out.put({ a: 1 });
  out.put({ a: 2 });
  await answer(new Error("no address 'a'"));
  assert.deepEqual([told, sent.length], [["no address 'a'"], 2]);
});
