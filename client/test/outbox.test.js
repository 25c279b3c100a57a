// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Outbox } from "../outbox.js";

const set = (/** @type {string} */ address, /** @type {number} */ value, more = {}) => ({ type: "set", address, value, ...more });
const ids = (/** @type {{id: number}[]} */ entries) => entries.map((entry) => entry.id);

test("sends each command once while the line holds, in order", () => {
  const outbox = new Outbox();
  outbox.add(1, set("a", 1), 0);
  outbox.add(2, { type: "play" }, 0);
  assert.deepEqual(ids(outbox.takeUnsent()), [1, 2]);
  assert.deepEqual(ids(outbox.takeUnsent()), []);
});

test("what was not answered before the line broke is sent again, pings and notes are given back as lost", () => {
  const outbox = new Outbox();
  outbox.add(1, set("a", 1), 0);
  outbox.add(2, { type: "ping" }, 0);
  outbox.add(3, { type: "stop" }, 0);
  outbox.add(5, { type: "midi", messages: [[0x90, 60, 1]] }, 0);
  outbox.takeUnsent();
  outbox.settle(1);
  assert.deepEqual(outbox.lineLost(), [2, 5]);
  outbox.add(4, set("b", 2), 0);
  assert.deepEqual(ids(outbox.takeUnsent()), [3, 4]);
});

test("while the line is away only the last place of a fader is kept", () => {
  const outbox = new Outbox();
  assert.equal(outbox.add(1, set("a", 1), 0), null);
  assert.equal(outbox.add(2, set("b", 1), 0), null);
  assert.equal(outbox.add(3, set("a", 2), 0), 1);
  assert.deepEqual(outbox.takeUnsent().map(({ message }) => [message.address, message.value]), [["b", 1], ["a", 2]]);
});

test("timed and ramped moves are not replaced by one another", () => {
  const outbox = new Outbox();
  outbox.add(1, set("a", 1, { at_frame: 100 }), 0);
  outbox.add(2, set("a", 2, { ramp_s: 3 }), 0);
  assert.equal(outbox.add(3, set("a", 3), 0), null);
  assert.equal(outbox.size, 3);
});

test("a set that had been applied before the line broke is not repeated over a later one of somebody else", () => {
  const outbox = new Outbox();
  outbox.add(1, set("a", -6), 0);
  outbox.add(2, set("b", -3), 0);
  outbox.takeUnsent();
  outbox.lineLost();
  const missed = [
    { type: "change", member: "m1", address: "a", value: -6, frame: 700 },
    { type: "change", member: "m2", address: "a", value: 0, frame: 900 },
    { type: "change", member: "m2", address: "b", value: -3, frame: 950 },
  ];
  assert.deepEqual(outbox.reconcile(missed, "m1"), [{ id: 1, frame: 700 }]);
  assert.deepEqual(ids(outbox.takeUnsent()), [2]);
});

test("refuses the thousand and first command that nobody answers", () => {
  const outbox = new Outbox();
  for (let id = 0; id < 1000; id++) outbox.add(id, { type: "play" }, 0);
  assert.throws(() => outbox.add(1000, { type: "play" }, 0), /1000 commands wait/);
  assert.equal(outbox.clear().length, 1000);
});
