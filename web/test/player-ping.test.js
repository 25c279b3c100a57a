// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../../client/emitter.js";
import { find, settled } from "./page.js";
import { PlayerPing } from "../parts/player-ping.js";

const STRIPS = ["1", "2", "3"].map((id) => ({ id, name: "", colour: "", stereo: false }));

/** A line whose pings take 20 ms; `control` is the way of its commands. @param {string} control */
function makeLine(control, { playing = false, deaf = false, audible = true, values = /** @type {Record<string, any>} */ ({}) } = {}) {
  /** @type {string[]} */
  const done = [];
  const note = (/** @type {string} */ what) => async () => void done.push(what);
  return Object.assign(/** @type {Emitter<any>} */ (new Emitter()), {
    done, audible,
    state: { transport: { playing }, values, strips: STRIPS, groups: [] },
    sessionName: "Test",
    sampleRateHz: 48000,
    sendCommand: async (/** @type {any} */ command) => void done.push(JSON.stringify(command)),
    stats: () => ({ control, transport: control, underruns: 0, why: "no way" }),
    armPing: async () => {},
    ping: async (/** @type {number} */ _ms, /** @type {string} */ strip) => {
      done.push(`ping ${strip}`);
      return deaf ? null : { totalMs: 20, split: { ring: 15 } };
    },
    listen: note("listen"),
    hush: note("hush"),
    close: note("close"),
  });
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
  const { measured, about } = await pings.run({ strip: "3", name: "Glass" }, (text) => said.push(text));
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
  const { about } = await pings.run({ strip: "1", name: "Aria" }, () => {});
  assert.deepEqual([opened[0].transport, opened[0].token], ["webrtc", "secret"]);
  assert.deepEqual(session.done, ["hush", "listen"]);
  assert.deepEqual([other.done[0], other.done.length, other.done.at(-1)], ["listen", 7, "close"]);
  assert.match(about, /data channel, sound by webrtc/);
});

test("where no data channel comes about, that is said, and the page sounds again", async () => {
  const [session, other] = [makeLine("websocket"), makeLine("websocket")];
  const { pings, way } = make(session, other);
  way.value = "datachannel";
  await assert.rejects(pings.run({ strip: "1", name: "Aria" }, () => {}), /no data channel came about: no way/);
  assert.deepEqual([session.done, other.done], [["hush", "listen"], ["listen", "close"]]);
});

test("a session that plays, and a player that is not heard, are told in words", async () => {
  await assert.rejects(make(makeLine("websocket", { playing: true })).pings.run({ strip: "1", name: "Aria" }, () => {}), /pause first/);
  await assert.rejects(make(makeLine("websocket", { deaf: true })).pings.run({ strip: "1", name: "Aria" }, () => {}), /not heard/);
  assert.deepEqual(kept, []);
});

test("one player is pinged at a time", async () => {
  const { pings } = make(makeLine("websocket"));
  const first = pings.run({ strip: "1", name: "Aria" }, () => {});
  await assert.rejects(pings.run({ strip: "2", name: "Glass" }, () => {}), /^Error: Aria is being pinged: wait, or cancel that first$/);
  assert.equal((await first).measured.samplesMs.length, 5);
  assert.equal(kept.length, 1);
  await pings.run({ strip: "2", name: "Glass" }, () => {});
});

test("what begins to play, is muted or is cancelled during a ping ends it, and nothing is kept", async () => {
  const session = makeLine("websocket");
  /** @type {[string, (stop: AbortController) => void, RegExp][]} */
  const ends = [
    ["transport", () => (session.state.transport.playing = true), /pause first/],
    ["change", () => (session.state.values["strip/1/mute"] = true), /it cannot be heard: 1 is muted/],
    ["", (stop) => stop.abort(new Error("cancelled")), /cancelled/],
  ];
  for (const [event, act, reason] of ends) {
    const { pings } = make(session);
    session.state.transport.playing = false;
    session.state.values = {};
    const stop = new AbortController();
    const end = (/** @type {string} */ text) => {
      if (text !== "2 of 5") return;
      act(stop);
      if (event) session.emit(event, {});
    };
    await assert.rejects(pings.run({ strip: "1", name: "Aria" }, end, stop.signal), reason);
  }
  await settled();
  assert.deepEqual([kept, session.done.length], [[], 6]);
});

test("a player that is muted, by solo too, and a page that does not listen are refused before any ping", async () => {
  /** @type {[object, RegExp][]} */
  const cases = [
    [{ values: { "strip/1/mute": true } }, /1 is muted/], [{ values: { "strip/2/solo": true } }, /solo of another/],
    [{ values: { "strip/1/fader": -120 } }, /the fader of 1 is down/], [{ audible: false }, /nothing is listened to/],
  ];
  for (const [how, reason] of cases) {
    const session = makeLine("websocket", how);
    await assert.rejects(make(session).pings.run({ strip: "1", name: "Aria" }, () => {}), reason);
    assert.deepEqual(session.done, []);
  }
});

test("a player behind the relay is asked over the page's own line, whether the session plays or not", async () => {
  const session = makeLine("websocket", { playing: true });
  const onset = { frame: 4800, firstFrame: 4800, arrivalMs: performance.timeOrigin, atMs: performance.timeOrigin + 20, outputMs: 0 };
  session.sendCommand = async (command) => {
    session.done.push(JSON.stringify(command));
    session.emit("onset", onset);
  };
  session.ping = async () => {
    session.emit("onset", onset);
    return { totalMs: 20, split: /** @type {any} */ ({ network: 1 }) };
  };
  const { measured } = await make(session).pings.run({ host: "osc-3666", address: "/ping/freq", freqHz: 440, name: "Grains" }, () => {});
  assert.equal(measured.samplesMs.length, 5);
  assert.deepEqual(session.done, Array(5).fill('{"type":"osc","queue":[["osc-3666","/ping/freq","f",440]]}'));
  assert.match(kept[0][1].client, /player Grains/);
});
