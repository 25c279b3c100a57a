// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, frames } from "./page.js";
import { clockText, makeTransport } from "../parts/transport.js";

test("the clock reads minutes, seconds and tenths", () => {
  assert.deepEqual([0, 59.96, 60, 754.3].map(clockText), ["0:00.0", "0:59.9", "1:00.0", "12:34.3"]);
});

test("play turns to pause, the clock follows what is heard, a loop without a region is the whole song", () => {
  const session = new FakeSession();
  const place = document.createElement("div");
  /** @type {any[]} */
  const sent = [];
  makeTransport(place, /** @type {any} */ (session), (command) => sent.push(command));
  find(place, '[aria-label="Play"]').click();
  session.state.transport.playing = true;
  session.tell("transport");
  find(place, '[aria-label="Pause"]').click();
  find(place, '[aria-label="Loop"]').click();
  session.position = 12.34;
  find(place, '[aria-label="Loop from here"]').click();
  assert.deepEqual(sent, [
    { type: "play" }, { type: "pause" }, { type: "loop", on: true, start_s: 0, end_s: 60 }, { type: "loop", on: false, start_s: 12.34, end_s: 60 },
  ]);
  frames(2);
  assert.equal(find(place, ".clock").textContent, "0:12.3");
});

test("in place of keys a listener is told that it only listens", () => {
  const session = Object.assign(new FakeSession(), { role: "listener" });
  const place = document.createElement("div");
  makeTransport(place, /** @type {any} */ (session), () => {});
  assert.deepEqual([place.querySelectorAll("button").length, find(place, "span").textContent], [0, "You only listen"]);
});
