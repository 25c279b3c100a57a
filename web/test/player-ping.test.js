// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { PlayerPing } from "../parts/player-ping.js";

/** A line whose pings take 20 ms; `control` is the way of its commands. @param {string} control */
function makeLine(control, { playing = false, deaf = false } = {}) {
  /** @type {string[]} */
  const done = [];
  const note = (/** @type {string} */ what) => async () => void done.push(what);
  return {
    done,
    state: { transport: { playing } },
    sessionName: "Test",
    stats: () => ({ control, transport: control, underruns: 0, why: "no way" }),
    armPing: async () => {},
    ping: async (/** @type {number} */ _ms, /** @type {string} */ strip) => {
      done.push(`ping ${strip}`);
      return deaf ? null : { totalMs: 20, split: { ring: 15 } };
    },
    listen: note("listen"),
    hush: note("hush"),
    close: note("close"),
  };
}

/** @type {any[]} */
let kept = [];
/** What is sent to the server is kept; other tests have fetches of their own. */
function catchFetch() {
  Object.assign(globalThis, {
    fetch: async (/** @type {string} */ path, /** @type {any} */ init) => {
      kept.push([path, JSON.parse(init.body)]);
      return { ok: true, status: 204 };
    },
  });
}

/** @param {any} session @param {any} [other] */
function make(session, other) {
  kept = [];
  catchFetch();
  const opened = /** @type {any[]} */ ([]);
  const open = /** @type {any} */ (async (/** @type {any} */ options) => (opened.push(options), other));
  const pings = new PlayerPing({ session, entry: { session: "id", token: "secret", ws: "ws://here" }, open, settleMs: 0 });
  const count = /** @type {HTMLInputElement} */ (find(pings.body, "input"));
  count.value = "5";
  return { pings, opened, way: /** @type {HTMLSelectElement} */ (find(pings.body, "select")) };
}

test("a player is pinged over the page's own line, and the result is kept", async () => {
  const session = makeLine("websocket");
  const { pings, opened } = make(session);
  /** @type {string[]} */
  const said = [];
  const { measured, about } = await pings.run("3", "Glass", (text) => said.push(text));
  assert.deepEqual(measured.samplesMs, [20, 20, 20, 20, 20]);
  assert.deepEqual(session.done, Array(5).fill("ping 3"));
  assert.equal(said.at(-1), "5 of 5");
  assert.equal(about, "5 of 5 pings by WebSocket, sound by websocket");
  const [path, result] = kept[0];
  assert.equal(path, "/api/latency");
  assert.match(result.client, /, player Glass$/);
  assert.deepEqual([result.transport, result.samples_ms.length, opened.length], ["WebSocket", 5, 0]);
});

test("another way has a line of its own, while the page is silent", async () => {
  const [session, other] = [makeLine("websocket"), makeLine("webrtc")];
  const { pings, opened, way } = make(session, other);
  way.value = "datachannel";
  const { about } = await pings.run("1", "Aria", () => {});
  assert.deepEqual([opened[0].transport, opened[0].token], ["webrtc", "secret"]);
  assert.deepEqual(session.done, ["hush", "listen"]);
  assert.deepEqual([other.done[0], other.done.length, other.done.at(-1)], ["listen", 7, "close"]);
  assert.match(about, /data channel, sound by webrtc/);
});

test("where no data channel comes about, that is said, and the page sounds again", async () => {
  const [session, other] = [makeLine("websocket"), makeLine("websocket")];
  const { pings, way } = make(session, other);
  way.value = "datachannel";
  await assert.rejects(pings.run("1", "Aria", () => {}), /no data channel came about: no way/);
  assert.deepEqual([session.done, other.done], [["hush", "listen"], ["listen", "close"]]);
});

test("a session that plays, and a player that is not heard, are told in words", async () => {
  await assert.rejects(make(makeLine("websocket", { playing: true })).pings.run("1", "Aria", () => {}), /pause first/);
  await assert.rejects(make(makeLine("websocket", { deaf: true })).pings.run("1", "Aria", () => {}), /not heard/);
  assert.deepEqual(kept, []);
});
