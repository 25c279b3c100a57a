// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, frames, point, press } from "./page.js";
import { Timeline } from "../parts/timeline.js";

function make() {
  globalThis.fetch = async () => new Response("", { status: 404 });
  const session = new FakeSession();
  const place = document.createElement("section");
  document.body.append(place);
  /** @type {any[]} */
  const sent = [];
  const timeline = new Timeline(place, /** @type {any} */ (session), /** @type {any} */ ({ session: "s1", token: "t" }), (command) => sent.push(command));
  return { session, place, sent, timeline };
}

test("the playhead is where the sound is that is heard, and it is said", () => {
  const { session, timeline } = make();
  session.position = 15;
  frames();
  assert.equal(find(timeline.body, ".playhead").style.transform, "translateX(50.0px)"); // a quarter of 200 px
  assert.equal(timeline.body.getAttribute("aria-valuetext"), "0:15.0 of 1:00.0");
});

test("a click goes there, a drag along the ruler makes a loop", () => {
  const { sent, timeline } = make();
  point(timeline.body, "pointerdown", { clientX: 100, clientY: 50 });
  point(timeline.body, "pointerup", { clientX: 100, clientY: 50 });
  point(timeline.body, "pointerdown", { clientX: 150, clientY: 5 });
  point(timeline.body, "pointermove", { clientX: 50, clientY: 5 });
  point(timeline.body, "pointerup", { clientX: 50, clientY: 5 });
  assert.deepEqual(sent, [{ type: "seek", position_s: 30 }, { type: "loop", on: true, start_s: 15, end_s: 45 }]);
});

test("arrows, page keys and ends seek within the song; plus and minus come closer and farther", () => {
  const { sent, session, timeline } = make();
  session.position = 5;
  for (const key of ["ArrowRight", "PageDown", "End"]) press(timeline.body, key);
  assert.deepEqual(sent.map(({ position_s }) => position_s), [6, 0, 60]);
  press(timeline.body, "+");
  assert.equal(timeline.view.spanS, 60 / 1.6);
  press(timeline.body, "-");
  assert.equal(timeline.view.spanS, 60);
});

test("two fingers that part come closer around their middle, and neither of them seeks", () => {
  const { sent, timeline } = make();
  point(timeline.body, "pointerdown", { clientX: 90, clientY: 50, pointerId: 1 });
  point(timeline.body, "pointerdown", { clientX: 110, clientY: 50, pointerId: 2 });
  point(timeline.body, "pointermove", { clientX: 80, clientY: 50, pointerId: 1 });
  point(timeline.body, "pointermove", { clientX: 120, clientY: 50, pointerId: 2 });
  assert.ok(Math.abs(timeline.view.spanS - 30) < 1e-9);
  assert.ok(Math.abs(timeline.view.toShare(30) - 0.5) < 1e-9);
  point(timeline.body, "pointerup", { clientX: 80, clientY: 50, pointerId: 1 });
  point(timeline.body, "pointerup", { clientX: 120, clientY: 50, pointerId: 2 });
  assert.deepEqual(sent, []);
});
