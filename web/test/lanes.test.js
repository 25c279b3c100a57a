// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames, makePart, TABLE } from "./page.js";
import { laneValue } from "../parts/lanes.js";

test("a lane goes straight in its law, is level at its ends, and a switch waits for its point", () => {
  const { strip } = TABLE;
  /** @type {import("../parts/lane-curve.js").Point[]} */
  const points = [[1, -20], [2, -10], [4, 0]];
  assert.deepEqual([0, 1, 1.5, 2, 3, 4, 9].map((at) => laneValue(strip.fader, points, at)), [-20, -20, -15, -10, -5, 0, 0]);
  const hz = laneValue(strip.hp_freq, [[0, 20], [1, 500]], 0.5);
  assert.ok(Math.abs(Number(hz) - 100) < 1e-9); // the geometric mean
  assert.deepEqual([0, 1, 1.9, 2].map((at) => laneValue(strip.mute, [[1, true], [2, false]], at)), [true, true, true, false]);
});

function playing() {
  const made = makePart();
  /** @type {any[]} */
  const shown = [];
  made.part.on("fader", (value) => shown.push(value));
  made.session.state.lanes = { "strip/1/fader": [[0, -40], [10, 0]] };
  made.session.state.transport.playing = true;
  made.session.position = 2.5;
  made.session.tell("transport");
  frames();
  return { ...made, shown };
}

test("while the song plays a control stands where its lane is heard, and not after it halts", () => {
  const { session, shown } = playing();
  assert.equal(shown.at(-1), -30);
  session.position = 5;
  frames();
  assert.equal(shown.at(-1), -20);
  session.state.transport.playing = false;
  session.tell("transport");
  session.position = 7.5;
  frames(3);
  assert.equal(shown.at(-1), -20);
});

test("a hand wins for a second after its last move, and then the control goes back without a jump", async () => {
  const { part, shown } = playing();
  part.hold("fader", true);
  part.turn("fader", -12);
  part.hold("fader", false);
  await new Promise((resolve) => setTimeout(resolve, 80)); // until the move no longer counts as on its way
  frames(50);
  assert.equal(shown.at(-1), -12);
  frames(30);
  const back = shown.slice(shown.lastIndexOf(-12));
  assert.equal(back.at(-1), -30);
  assert.ok(back.length > 10);
  back.slice(1).forEach((value, n) => assert.ok(value < back[n] && back[n] - value < 2, `${back[n]} to ${value}`));
});

test("what somebody else turns is shown, and holds for as long as it does on the server", () => {
  const { session, shown } = playing();
  session.turned("strip/1/fader", -3);
  frames(30);
  assert.equal(shown.at(-1), -3);
  frames(60);
  assert.equal(shown.at(-1), -30);
});
