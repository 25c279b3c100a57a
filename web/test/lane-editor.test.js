// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, point, press, TABLE } from "./page.js";
import { LaneEditor } from "../parts/lane-editor.js";
import { TimeView } from "../parts/time-view.js";

const WORDS = {
  rowOf: (/** @type {string} */ address) => TABLE.strip[address.split("/")[2]] ?? null, nameOf: (/** @type {string} */ address) => `Cello: ${TABLE.strip[address.split("/")[2]].label}`,
};

function make() {
  const session = new FakeSession();
  session.state.lanes = { "strip/1/pan": [[0, 0], [30, 1]] };
  const timeline = { overlay: document.createElement("div"), body: document.createElement("div"), onView: new Set(), view: new TimeView(60) };
  document.body.append(timeline.overlay, timeline.body);
  /** @type {any[]} */
  const sent = [];
  const editor = new LaneEditor(/** @type {any} */ (timeline), /** @type {any} */ (session), WORDS, (command) => sent.push(command));
  editor.show("strip/1/pan");
  return { session, timeline, editor, sent, points: () => [...timeline.overlay.querySelectorAll(".lane-point")] };
}

test("a lane's points are sliders that say value and time", () => {
  const { points } = make();
  assert.deepEqual(points().map((each) => each.getAttribute("aria-valuetext")), ["centre at 0.00 seconds", "100 percent right at 30.00 seconds"]);
});

test("keys move a point and Delete takes it away; a double click makes one", () => {
  const { points, sent, timeline } = make();
  press(points()[1], "ArrowLeft");
  press(points()[1], "Delete");
  timeline.body.dispatchEvent(new MouseEvent("dblclick", { clientX: 100, clientY: 25 }));
  assert.deepEqual(sent.map(({ points: written }) => written), [[[29.9, 1]], [], [[30, 0.5]]]);
  assert.deepEqual([sent[0].from_s, sent[0].to_s], [29.9, 30]);
});

test("Enter makes a point halfway to the next, a second after the last, or where one is; the focus goes to it", () => {
  const { points, sent, session, timeline } = make();
  /** @type {any} */ (points()[0]).focus();
  press(points()[0], "Enter");
  press(points()[1], "Insert");
  session.position = 6;
  press(timeline.body, "Enter");
  assert.deepEqual(sent.map(({ points: written }) => written), [[[15, 0.5]], [[31, 1]], [[6, 0.2]]]);
  session.state.lanes = { "strip/1/pan": [[0, 0], [6, 0.2], [30, 1]] };
  session.tell("lanes", {});
  assert.equal(document.activeElement, points()[1]);
});

test("a point says whose it is, and its range", () => {
  const [first] = make().points();
  assert.deepEqual(["label", "valuemin", "valuemax"].map((each) => first.getAttribute(`aria-${each}`)), ["Cello: Pan, point 1", "-1", "1"]);
});

test("a point that is dragged stays between its neighbours and is written when it is let go", () => {
  const { points, sent } = make();
  const second = points()[1];
  point(second, "pointerdown", { clientX: 100, clientY: 0 });
  point(second, "pointermove", { clientX: 150, clientY: 50 });
  assert.deepEqual(sent, []);
  second.dispatchEvent(new PointerEvent("lostpointercapture"));
  assert.deepEqual(/** @type {any} */ (sent[0]).points, [[45, 0]]);
});

test("without a lane nothing lies over the waveforms", () => {
  const { editor, timeline } = make();
  editor.show("");
  assert.equal(find(document, "div") && timeline.overlay.hidden, true);
});

test("name and scale of the lane stand at its left edge, as the parameter reads", () => {
  const { editor, timeline } = make();
  const texts = () => [...timeline.overlay.querySelectorAll(".lane-scale span")].map(({ textContent }) => textContent);
  assert.deepEqual(texts(), ["R100", "Cello: Pan", "L100"]);
  editor.show("strip/1/fader");
  assert.deepEqual(texts(), ["+12.0\u202fdB", "Cello: Fader", "−∞\u202fdB"]);
  editor.show("strip/1/mute");
  assert.deepEqual(texts(), ["on", "Cello: Mute", "off"]);
  assert.equal(find(timeline.overlay, ".lane-points").getAttribute("aria-label"), "Automation points of Cello: Mute");
});
