// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Mirror } from "../mirror.js";

function mirror(transport = {}) {
  const made = new Mirror();
  const loop = { on: false, start_s: 0, end_s: 0 };
  const state = {
    values: { "strip/1/fader": 0 }, scenes: [], members: [], strips: [], groups: [], auxes: [], impulses: [], duration_s: 60,
    transport: { playing: false, position_s: 0, frame: 0, loop, tempo: 120, ...transport },
  };
  assert.equal(made.take({ type: "welcome", state }), "state");
  return made;
}

test("keeps what others change", () => {
  const made = mirror();
  assert.equal(made.take({ type: "change", address: "strip/1/fader", value: -6 }), "change");
  assert.equal(made.take({ type: "scenes", names: ["A"] }), "scenes");
  assert.equal(made.take({ type: "members", members: [] }), "members");
  assert.equal(made.take({ type: "meters" }), null);
  assert.deepEqual(made.state?.values, { "strip/1/fader": -6 });
  assert.deepEqual(made.state?.scenes, ["A"]);
});

test("a welcome with what was missed goes on from the old state", () => {
  const made = mirror();
  const missed = [{ type: "change", address: "strip/1/fader", value: -9 }];
  assert.equal(made.take({ type: "welcome", missed }), "state");
  assert.equal(made.state?.values["strip/1/fader"], -9);
});

test("the position runs with the frames while it plays, and stands while it does not", () => {
  const transport = { position_s: 10, frame: 48000 };
  assert.equal(mirror({ ...transport, playing: true }).positionAt(96000, 48000), 11);
  assert.equal(mirror({ ...transport, playing: true }).positionAt(24000, 48000), 10);
  assert.equal(mirror(transport).positionAt(96000, 48000), 10);
});

test("the position goes round in the loop", () => {
  const made = mirror({ playing: true, position_s: 4, loop: { on: true, start_s: 2, end_s: 5 } });
  assert.equal(made.positionAt(48000 / 2, 48000), 4.5);
  assert.equal(made.positionAt(48000 * 2, 48000), 3);
  assert.equal(made.positionAt(48000 * 5, 48000), 3);
});

test("points of a lane take the place of those in their stretch, ends included", () => {
  const mirror = new Mirror();
  mirror.take({ type: "welcome", state: { values: {}, lanes: { "strip/1/fader": [[0, -6], [1, -5], [2, -4], [3, -3]] } } });
  const message = { type: "lane", seq: 1, member: "m", address: "strip/1/fader", points: [[1.5, 0]], from_s: 1, to_s: 2 };
  assert.equal(mirror.take(message), "lanes");
  assert.deepEqual(mirror.state?.lanes, { "strip/1/fader": [[0, -6], [1.5, 0], [3, -3]] });
  mirror.take({ type: "lane", seq: 2, member: "m", address: "strip/1/fader", points: [] });
  assert.deepEqual(mirror.state?.lanes, {});
});

test("a response that was added can be chosen", () => {
  const mirror = new Mirror();
  mirror.take({ type: "welcome", state: { values: {}, impulses: [] } });
  assert.equal(mirror.take({ type: "impulses", seq: 1, impulses: [{ id: "own", name: "Our church" }] }), "impulses");
  assert.deepEqual(mirror.state?.impulses, [{ id: "own", name: "Our church" }]);
});

test("what we could undo is kept beside the state", () => {
  const mirror = new Mirror();
  assert.equal(mirror.take({ type: "history", undo: 3, redo: 1 }), "history");
  assert.deepEqual(mirror.history, { undo: 3, redo: 1 });
});

test("a column that is called otherwise is so for whoever looks, and for a newcomer", () => {
  const mirror = new Mirror();
  mirror.take({ type: "welcome", state: { values: {}, strips: [{ id: "1", name: "Low", colour: "", stereo: false }], groups: [], auxes: [] } });
  assert.equal(mirror.take({ type: "described", seq: 1, member: "m", part: "strip/1", name: "Bass", colour: "#112233" }), "described");
  assert.deepEqual(mirror.state?.strips, [{ id: "1", name: "Bass", colour: "#112233", stereo: false }]);
  assert.deepEqual(mirror.described, { part: "strip/1", name: "Bass", colour: "#112233" });
  mirror.take({ type: "described", seq: 2, member: "m", part: "strip/9", name: "Nobody", colour: "" });
  assert.equal(mirror.state?.strips.length, 1);
});
