// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { whySilent } from "../parts/silence.js";

const common = { colour: "", stereo: false };
/** @param {Record<string, any>} [values] */
const why = (values = {}) => whySilent(/** @type {any} */ ({
  strips: [{ id: "1", name: "Aria", ...common }, { id: "2", name: "", ...common }], groups: [{ id: "band", name: "Band", colour: "" }],
  values: { "strip/1/output": "group/band", "group/band/output": "master", "strip/2/output": "master", "strip/1/fader": 0, "group/band/fader": 0, "master/fader": 0, ...values },
}), "strip/1");

test("a channel is silent by itself, by what it goes through, or by another's solo", () => {
  assert.equal(why(), "");
  assert.equal(why({ "strip/1/mute": true }), "Aria is muted");
  assert.equal(why({ "strip/1/fader": -120 }), "the fader of Aria is down");
  assert.equal(why({ "group/band/mute": true }), "Band is muted");
  assert.equal(why({ "master/fader": -120 }), "the fader of the master is down");
  assert.equal(why({ "strip/2/solo": true }), "solo of another channel silences it");
  assert.equal(why({ "strip/2/solo": true, "strip/1/solo": true }), "");
  assert.equal(why({ "group/band/solo": true }), "");
  assert.equal(why({ "strip/2/mute": true, "group/band/output": "group/band" }), "");
});
