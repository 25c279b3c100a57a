// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, settled } from "./page.js";
import { Microphone } from "../../client/microphone.js";
import { makeTakes } from "../parts/takes.js";

const ENTRY = /** @type {any} */ ({ ws: "ws://localhost:8001/api/sessions/s1/ws", token: "tok" });
/** @type {object[]} what the server says that was recorded */
let recorded = [];

/** The button and the list, over a microphone that plays or not. */
function made(heard = true) {
  Object.assign(globalThis, { fetch: async () => ({ ok: true, json: async () => ({ takes: recorded }) }) });
  /** @type {any} */
  const session = Object.assign(new FakeSession(), { outputNode: null });
  const microphone = Object.assign(new Microphone(session), { heard });
  /** @type {string[]} */
  const told = [];
  const { body, list } = makeTakes(microphone, ENTRY, (text) => told.push(text));
  microphone.emit("state", microphone);
  return { session, microphone, body, list, told, record: /** @type {any} */ (body.querySelector("button")) };
}

test("nothing is recorded where nothing is heard", () => {
  assert.ok(made(false).record.disabled);
  assert.ok(!made().record.disabled);
});

test("a take that is over can be taken home with the performer's token", async () => {
  const { session, body } = made();
  const take = { id: null, recording: false, name: "Guest 1", path: "/api/sessions/s1/takes/1", start_s: 2.5, duration_s: 3 };
  recorded = [take];
  session.tell("take", take);
  await settled();
  const link = find(body, ".takes a");
  assert.equal(link.href, "http://localhost:8001/api/sessions/s1/takes/1?token=tok");
  assert.match(find(body, ".takes").textContent, /3\.0 s, begins at 2\.500 s/);
});

test("a take of nothing is told, and one that the line's break ended", () => {
  const { session, microphone, record, told } = made();
  session.tell("take", { id: null, recording: true, name: "Guest 1" });
  assert.equal(record.textContent, "End the take");
  session.tell("take", { id: null, recording: false, name: "Guest 1", path: null });
  assert.match(told.at(-1) ?? "", /Nothing was recorded/);
  assert.equal(record.textContent, "Record");
  session.tell("take", { id: null, recording: true, name: "Guest 2" });
  Object.defineProperty(microphone, "active", { value: true });
  session.tell("link", { state: "reconnecting" });
  assert.match(told.at(-1) ?? "", /The line broke, and the take ended there/);
  assert.ok(record.disabled);
});
