// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, settled } from "./page.js";
import { keepOnStage } from "../parts/stage.js";

test("the screen stays awake while it plays, and the device's keys seek within the song", async () => {
  const session = new FakeSession();
  session.audible = false;
  /** @type {any[]} */
  const locks = [];
  /** @type {any[]} */
  const sent = [];
  /** @type {Record<string, (details: any) => void>} */
  const acts = {};
  const request = async () => {
    const lock = { released: false, release: async () => (lock.released = true) };
    locks.push(lock);
    return lock;
  };
  const mediaSession = { setActionHandler: (/** @type {string} */ name, /** @type {any} */ act) => (acts[name] = act) };
  Object.defineProperty(globalThis, "navigator", { value: { wakeLock: { request }, mediaSession }, configurable: true, writable: true });
  Object.assign(globalThis, { MediaMetadata: class {} });
  keepOnStage(/** @type {any} */ (session), (command) => sent.push(command));
  assert.equal(locks.length, 0);
  session.state.transport.playing = true;
  session.tell("transport");
  await settled();
  session.state.transport.playing = false;
  session.tell("transport");
  await settled();
  assert.deepEqual(locks.map(({ released }) => released), [true]);
  acts.seekto({ seekTime: 999 });
  acts.seekbackward({});
  assert.deepEqual(sent, [{ type: "seek", position_s: 60 }, { type: "seek", position_s: 0 }]);
});
