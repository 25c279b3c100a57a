// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, settled } from "./page.js";
import { MidiKeys } from "../parts/midi-keys.js";

function make(state = "open") {
  const session = Object.assign(new FakeSession(), { link: { state } });
  return { session, keys: new MidiKeys(/** @type {any} */ (session), () => {}) };
}

/** @param {() => boolean} condition */
async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const played = (/** @type {FakeSession} */ session) => session.sent.map(({ type, messages }) => [type, ...messages]);

test("the first key goes at once, and a chord behind it together", async () => {
  const { session, keys } = make();
  keys.play(new Uint8Array([0x90, 60, 100]));
  assert.deepEqual(played(session), [["midi", [0x90, 60, 100]]]);
  keys.play(new Uint8Array([0x90, 64, 100]));
  keys.play(new Uint8Array([0x90, 67, 100]));
  assert.equal(session.sent.length, 1);
  await until(() => session.sent.length === 2);
  assert.deepEqual(played(session)[1], ["midi", [0x90, 64, 100], [0x90, 67, 100]]);
});

test("no message holds more than the protocol allows, and order is kept", async () => {
  const { session, keys } = make();
  for (let note = 0; note < 100; note++) keys.play([0x90, note, 1]);
  await until(() => session.sent.length === 3);
  assert.deepEqual(session.sent.map(({ messages }) => messages.length), [1, 64, 35]);
  assert.deepEqual(session.sent.flatMap(({ messages }) => messages.map((/** @type {number[]} */ [, note]) => note)), [...Array(100).keys()]);
});

test("clocks and system exclusive stay here, and nothing is played late", () => {
  const { session, keys } = make();
  keys.play([0xf8]);
  keys.play([0xf0, 1, 0xf7]);
  assert.deepEqual(session.sent, []);
  const away = make("waiting");
  away.keys.play([0x90, 60, 1]);
  assert.deepEqual(away.session.sent, []);
});

test("letting go lifts pedal and keys of the channels that were played on, once", async () => {
  const { session, keys } = make();
  keys.play([0x92, 60, 100]);
  keys.release();
  await until(() => session.sent.length === 2);
  keys.release();
  await settled();
  assert.deepEqual(played(session).slice(1), [["midi", [0xb2, 64, 0], [0xb2, 123, 0]]]);
});
