// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Heard } from "../heard.js";
import { FLOAT, INT, Ring } from "../ring.js";

/** A player at a frame, and a clock that stands until it is moved. @param {import("node:test").TestContext} t */
function make(t) {
  const ring = new Ring(Ring.allocate(false, 4096));
  const heard = new Heard(ring);
  let nowMs = 1000;
  t.mock.method(performance, "now", () => nowMs);
  return {
    heard,
    plays: (/** @type {number} */ frame) => {
      ring.ints[INT.PLAYING] = 1;
      ring.floats[FLOAT.PLAYED_FRAME] = frame;
    },
    meters: (/** @type {number} */ frame) => heard.metersDueMs(/** @type {any} */ ({ frame }), true),
    pass: (/** @type {number} */ ms) => (nowMs += ms),
  };
}

test("what is heard is what the player plays, and without one what the meters tell of", (t) => {
  const { heard, meters, plays, pass } = make(t);
  meters(48_000);
  pass(100);
  assert.equal(heard.frame, 52_800);
  plays(47_000);
  assert.equal(heard.frame, 47_000);
});

test("while nothing comes from the server the frame stands still after a second, whatever the player counts", (t) => {
  const { heard, meters, plays, pass } = make(t);
  meters(48_000);
  pass(40);
  meters(49_920);
  pass(14_000);
  assert.equal(heard.frame, 49_920 + 48_000);
  plays(700_000);
  assert.equal(heard.frame, 49_920 + 48_000);
});

test("with seldom meters it goes on between them", (t) => {
  const { heard, meters, pass } = make(t);
  meters(0);
  pass(2000);
  meters(96_000);
  pass(2000);
  assert.equal(heard.frame, 192_000);
});
