// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "./page.js";
import { OscOut } from "../parts/osc-out.js";

test("while one queue is on its way, only the newest of each message waits", async () => {
  /** @type {any[]} */
  const sent = [];
  /** @type {(() => void)[]} */
  const answers = [];
  const out = new OscOut((queue) => new Promise((resolve) => {
    sent.push(queue);
    answers.push(() => resolve(null));
  }), () => {});
  out.put(["h", "/a", "f", 1]);
  out.put(["h", "/a", "f", 2]);
  out.put(["h", "/b", "f", 7]);
  out.put(["h", "/a", "f", 3]);
  assert.deepEqual(sent, [[["h", "/a", "f", 1]]]);
  answers[0]();
  await settled();
  assert.deepEqual(sent[1], [["h", "/a", "f", 3], ["h", "/b", "f", 7]]);
  answers[1]();
  await settled();
  assert.equal(sent.length, 2);
});

test("a refusal is told, and what comes after it is sent", async () => {
  /** @type {string[]} */
  const told = [];
  let refuse = true;
  const out = new OscOut(async () => {
    if (refuse) throw new Error("no host is called x");
  }, (text) => told.push(text));
  out.put(["x", "/a"]);
  await settled();
  refuse = false;
  out.put(["x", "/a"]);
  await settled();
  assert.deepEqual(told, ["no host is called x", ""]);
});

test("a queue is never longer than the server takes", async () => {
  /** @type {number[]} */
  const sizes = [];
  const out = new OscOut(async (queue) => void sizes.push(queue.length), () => {});
  for (let n = 0; n < 150; n++) out.put(["h", `/${n}`]);
  for (let n = 0; n < 5; n++) await settled();
  assert.deepEqual(sizes, [1, 64, 64, 21]);
});
