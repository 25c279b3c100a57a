// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Gang } from "../parts/gang.js";

test("players turn alone, or all in one message while they go together", () => {
  /** @type {any[]} */
  const sent = [];
  /** @type {string[]} */
  const turned = [];
  const gang = new Gang((values) => sent.push(values));
  const part = (/** @type {string} */ owner) => /** @type {any} */ ({ owner, name: owner, turn: (/** @type {string} */ name, /** @type {any} */ value) => turned.push(`${owner} ${name} ${value}`) });
  const [first] = ["strip/1", "strip/2", "strip/3"].map((owner) => gang.add(part(owner)));
  first.turn("grain_pitch", 2);
  assert.deepEqual([turned, sent], [["strip/1 grain_pitch 2"], []]);
  gang.together = true;
  first.turn("grain_pitch", 3);
  assert.deepEqual(sent, [{ "strip/2/grain_pitch": 3, "strip/3/grain_pitch": 3 }]);
  gang.turnEach("grain_position", [0, 0.5, 1]);
  assert.deepEqual(sent[1], { "strip/1/grain_position": 0, "strip/2/grain_position": 0.5, "strip/3/grain_position": 1 });
});
