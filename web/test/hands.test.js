// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Hands } from "../parts/hands.js";

test("while a control is held, or its move is not answered, it is ours; then it shows what the session has", async () => {
  /** @type {string[]} */
  const shown = [];
  /** @type {() => void} */
  let answer = () => {};
  const set = () => new Promise((resolve) => (answer = () => resolve(null)));
  const settled = new Promise((resolve) => {
    const hands = new Hands({ set }, (address) => {
      shown.push(address);
      resolve(hands);
    });
    hands.hold("strip/1/fader", true);
    assert.equal(hands.busy("strip/1/fader"), true);
    const turned = hands.turn("strip/1/fader", -6);
    hands.hold("strip/1/fader", false);
    hands.hold("strip/1/fader", false);
    assert.equal(hands.busy("strip/1/fader"), true);
    assert.equal(hands.busy("strip/2/fader"), false);
    answer();
    void turned;
  });
  const hands = /** @type {Hands} */ (await settled);
  assert.equal(hands.busy("strip/1/fader"), false);
  assert.deepEqual(shown, ["strip/1/fader"]);
});
