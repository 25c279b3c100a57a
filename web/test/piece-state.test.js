// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { stateOf } from "../parts/piece-state.js";

const orchestra = { name: "Bells" };
const cases = /** @type {const} */ ([
  [{ state: "ready" }, "Csound plays."],
  [{ state: "ready", restarts: 1 }, "Csound plays; it was started again once."],
  [{ state: "ended", why: "ended with status 0" }, "The piece has come to its end."],
  [{ state: "waiting", why: "ended with status 1", said: "INIT ERROR in instr 1" }, "Csound does not play: it ended with status 1: INIT ERROR in instr 1"],
  [{ state: "stopped" }, "Csound does not play: it has stopped. The server's log says more."],
  [{ state: "starting" }, "Csound is starting."],
  [{ state: "starting", restarts: 3, why: "ended with status 1", said: "no table" }, "Csound is starting again."],
  [{}, "Csound is starting."],
]);

for (const [view, text] of cases) {
  test(`what is said: ${text}`, () => assert.equal(stateOf(/** @type {any} */ ({ orchestra, ...view })), text));
}
