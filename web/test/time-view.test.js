// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { TimeView } from "../parts/time-view.js";

test("zooming keeps the moment under the pointer where it is", () => {
  const view = new TimeView(100);
  const before = view.toShare(30);
  view.zoom(4, 30);
  assert.equal(view.spanS, 25);
  assert.ok(Math.abs(view.toShare(30) - before) < 1e-12);
});

test("the view never leaves the song and never shows less than a quarter of a second", () => {
  const view = new TimeView(100);
  view.zoom(1e9, 99.99);
  assert.equal(view.spanS, 0.25);
  assert.ok(view.endS <= 100);
  view.scroll(1000);
  assert.equal(view.endS, 100);
  view.scroll(-1000);
  assert.equal(view.startS, 0);
  view.zoom(1e-9, 0);
  assert.ok(view.whole);
});

test("a share of the width and a time are each other's inverse", () => {
  const view = new TimeView(100);
  view.zoom(3, 70);
  for (const share of [0, 0.2, 0.9, 1]) assert.ok(Math.abs(view.toShare(view.toTime(share)) - share) < 1e-12);
});

test("the page turns when the playhead leaves it, and only then", () => {
  const view = new TimeView(100);
  view.zoom(10, 0);
  assert.equal(view.follow(9.9), false);
  assert.equal(view.follow(10.1), true);
  assert.ok(view.toShare(10.1) > 0 && view.toShare(10.1) < 0.2);
});

test("marks stand at round times and can be read apart", () => {
  const view = new TimeView(200);
  const marks = view.ticks(1000);
  assert.deepEqual(marks.slice(0, 3).map(({ text }) => text), ["0:00", "0:15", "0:30"]);
  view.zoom(200, 61);
  const close = view.ticks(1000);
  assert.ok(close.every(({ text }) => /^1:0[01]\.\d$/.test(text)), JSON.stringify(close));
  assert.ok(close.length <= 1000 / 64 + 1);
});
