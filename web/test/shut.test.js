// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession } from "./page.js";
import { followShut, makeShutMark } from "../parts/shut.js";

test("a strip that is shut again and again is told once, and its mark counts", () => {
  const session = new FakeSession();
  /** @type {any[]} */
  const [told, shown] = [[], []];
  followShut(/** @type {any} */ (session), (strip, times) => shown.push([strip, times]), (text) => told.push(text));
  session.tell("server", { type: "status", members: 1 });
  assert.deepEqual([told, shown], [[], []]);
  for (const times of [1, 1, 3]) session.tell("server", { shut: { 1: times } });
  assert.deepEqual(shown, [["1", 1], ["1", 3]]);
  assert.equal(told.length, 1);
  assert.match(told[0], /^Low was shut .*NaN, infinity or more than \+18 dBFS/);
  session.tell("server", { shut: { 1: 3, other: 1 } });
  assert.match(told[1], /^other was shut/);
});

test("a mark is not there before, and then says why and how often", () => {
  const { body, show } = makeShutMark();
  assert.equal(body.hidden, true);
  show(1);
  assert.equal(body.hidden, false);
  assert.match(body.title, /shut once, .*NaN/);
  show(4);
  assert.match(String(body.getAttribute("aria-label")), /4 times/);
});
