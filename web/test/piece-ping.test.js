// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, settled } from "./page.js";
import { makePiecePing } from "../parts/piece-ping.js";

const PING = { label: "/ping/freq", host: "osc-3666", address: "/ping/freq", arguments: [{ name: "gkPing", type: /** @type {const} */ ("f"), minimum: 20, maximum: 800 }] };

/** @param {any[]} controls */
function make(controls) {
  const session = /** @type {any} */ (new FakeSession());
  session.state.values["strip/1/mute"] = false;
  /** @type {any[]} */
  const asked = [];
  const measured = { kind: "sound", samplesMs: [20], splitMs: {}, underruns: 0 };
  const run = async (/** @type {any} */ player) => (asked.push(player), { measured, about: "1 of 1" });
  const pings = /** @type {any} */ ({ run, body: document.createElement("div") });
  const body = makePiecePing({ session, entry: { session: "s1", token: "t", ws: "ws://here" }, controls, pings });
  return { session, body, asked };
}

test("a piece without a ping, or with one that takes something else, has no button", () => {
  assert.equal(make([]).body, null);
  assert.equal(make([{ ...PING, address: "/ping" }]).body, null);
  assert.equal(make([{ ...PING, arguments: [] }]).body, null);
  assert.equal(make([{ ...PING, arguments: [{ name: "x", type: "i" }] }]).body, null);
});

test("one that answers is asked by the relay's name, at a pitch in its range", async () => {
  const { body, asked } = make([PING]);
  body?.querySelector("button")?.click();
  await settled();
  assert.deepEqual(asked, [{ name: "Csound", host: "osc-3666", address: "/ping/freq", freqHz: 800 }]);
  assert.match(body?.querySelector("output")?.textContent ?? "", /median 20\.0/);
});

test("why it would not be found is said before, and nothing is asked", async () => {
  const { session, body, asked } = make([PING]);
  const press = async () => {
    body?.querySelector("button")?.click();
    await settled();
    return body?.querySelector("output")?.textContent ?? "";
  };
  session.tell("meters", { master: { peak: [-20, -90] } });
  assert.match(await press(), /the piece sounds/);
  session.tell("meters", { master: { peak: [-90, -90] } });
  session.state.values["strip/1/mute"] = true;
  assert.match(await press(), /Low is muted/);
  assert.deepEqual(asked, []);
});
