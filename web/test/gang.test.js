// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Gang } from "../parts/gang.js";

test("players turn alone, or all in one message while they go together", () => {
  /** @type {any[]} */
  const sent = [];
  /** @type {string[]} */
  const turned = [];
  /** @type {any[]} */
  const gestures = [];
  const gang = new Gang((values, manner) => {
    sent.push(values);
    gestures.push(manner?.gesture);
  });
  const part = (/** @type {string} */ owner) => /** @type {any} */ ({ owner, name: owner, turn: (/** @type {string} */ name, /** @type {any} */ value, /** @type {number} */ gesture) => {
    turned.push(`${owner} ${name} ${value}`);
    if (gesture !== undefined) gestures.push(gesture);
  } });
  const [first] = ["strip/1", "strip/2", "strip/3"].map((owner) => gang.add(part(owner)));
  first.turn("grain_pitch", 2);
  assert.deepEqual([turned, sent], [["strip/1 grain_pitch 2"], []]);
  gang.together = true;
  first.turn("grain_pitch", 3);
  assert.deepEqual(sent, [{ "strip/2/grain_pitch": 3, "strip/3/grain_pitch": 3 }]);
  assert.deepEqual([gestures.length, typeof gestures[0], gestures[0] === gestures[1]], [2, "number", true]); // one step of undo
  gang.turnEach((_, player) => ({ grain_position: player / 2 }));
  assert.deepEqual(sent[1], { "strip/1/grain_position": 0, "strip/2/grain_position": 0.5, "strip/3/grain_position": 1 });
  first.turnMany({ grain_density: 5, grain_seed: 7 }); // each keeps its own seed
  assert.deepEqual(sent[2], { "strip/1/grain_density": 5, "strip/2/grain_density": 5, "strip/3/grain_density": 5 });
});
