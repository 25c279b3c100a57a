// @ts-check
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { parseHeader } from "../frame.js";
import { Splice } from "../splice.js";
import { audioMessage } from "./simulated-line.js";

/** @type {DataView[]} */
let taken;
/** @type {Splice} */
let splice;

beforeEach(() => {
  taken = [];
  splice = new Splice((view) => taken.push(view));
});

/** @param {"pcm" | "opus"} way @param {number} firstFrame @param {number} level @param {number} [frames] */
const bring = (way, firstFrame, level, frames = 240) =>
  splice.take(way, audioMessage({ firstFrame, frames, signal: () => level }));

/** Left side of everything that was let through; fails where it is not gapless. */
function heard() {
  const values = [];
  let next = parseHeader(taken[0]).firstFrame;
  for (const view of taken) {
    const header = parseHeader(view);
    assert.equal(header.firstFrame, next);
    next += header.frames;
    for (let i = 0; i < header.frames; i++) values.push(view.getFloat32(32 + 8 * i, true));
  }
  return values;
}

test("the first way that comes is heard, the other is not", () => {
  bring("pcm", 0, 0.5);
  bring("opus", 0, 0.25);
  bring("pcm", 240, 0.5);
  assert.equal(splice.active, "pcm");
  assert.deepEqual(new Set(heard()), new Set([0.5]));
});

/** @param {number[]} values */
function assertFadesDown(values) {
  const begin = values.findIndex((value) => value !== 0.5);
  assert.ok(values.every((value, i) => i === 0 || (value <= values[i - 1] && values[i - 1] - value < 0.002)));
  assert.ok(begin > 0 && values.at(-1) === 0.25);
}

test("a change to a way that is later is a fade over one message, gapless", () => {
  bring("pcm", 0, 0.5);
  splice.change("opus");
  for (let i = 1; i < 8; i++) {
    bring("pcm", i * 240, 0.5);
    if (i > 2) bring("opus", i * 240 - 600, 0.25);
  }
  for (let i = 8; i < 12; i++) bring("opus", i * 240 - 600, 0.25);
  assert.equal(splice.active, "opus");
  assertFadesDown(heard());
});

test("a change to a way that is earlier is so, too", () => {
  bring("pcm", 0, 0.5);
  splice.change("opus");
  for (let i = 1; i < 8; i++) {
    bring("opus", i * 240 + 600, 0.25);
    bring("pcm", i * 240, 0.5);
  }
  assert.equal(splice.active, "opus");
  assertFadesDown(heard());
});

test("from a way that died the other takes over with what comes next, and nothing is heard twice", () => {
  splice.change("opus");
  bring("opus", 0, 0.25);
  bring("opus", 240, 0.25);
  splice.change("pcm", { dead: true });
  bring("pcm", 120, 0.5);
  bring("pcm", 360, 0.5);
  assert.equal(splice.active, "pcm");
  assert.deepEqual([heard().length, heard()[479], heard()[480]], [600, 0.25, 0.5]);
});

test("a way that was thought dead is heard until the other has sound, and faded out", () => {
  splice.change("opus");
  bring("opus", 0, 0.25);
  splice.change("pcm", { dead: true });
  bring("opus", 240, 0.25);
  bring("opus", 480, 0.25);
  assert.equal(heard().length, 720);
  for (let i = 2; i < 6; i++) {
    bring("pcm", i * 240, 0.5);
    bring("opus", (i + 1) * 240, 0.25);
  }
  assert.equal(splice.active, "pcm");
  const steps = heard().slice(1).map((value, i) => Math.abs(value - heard()[i]));
  assert.ok(Math.max(...steps) < 0.25 / 200, `a step of ${Math.max(...steps)}`);
});

test("what the other way had brought already is not left out when one dies", () => {
  splice.change("opus");
  bring("opus", 0, 0.25);
  bring("pcm", 0, 0.5);
  bring("pcm", 240, 0.5);
  splice.change("pcm", { dead: true });
  bring("pcm", 480, 0.5);
  assert.deepEqual([heard().length, heard()[239], heard()[240]], [720, 0.25, 0.5]);
});

test("a change that was begun and given up leaves nothing out", () => {
  bring("pcm", 0, 0.5);
  splice.change("opus");
  bring("opus", 0, 0.25);
  bring("pcm", 240, 0.5);
  splice.change("pcm", { dead: true });
  bring("pcm", 480, 0.5);
  assert.equal(heard().length, 720);
});

test("a message that is not ours is refused", () => {
  assert.throws(() => splice.take("pcm", new DataView(new ArrayBuffer(40))), RangeError);
});
