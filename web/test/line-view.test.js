// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find } from "./page.js";
import { makeLineView } from "../parts/line-view.js";

function make() {
  const session = new FakeSession();
  session.state.members = [{ member: "m1", name: "Desk", role: "performer" }, { member: "m2", name: "", role: "listener" }];
  const place = document.createElement("div");
  document.body.append(place);
  makeLineView(place, /** @type {any} */ (session), /** @type {any} */ ({ session: "s1", token: "t" }), () => {});
  return { session, place };
}

test("the bar says at once whether the line is there, and the delay", () => {
  const { session, place } = make();
  assert.match(find(place, ".opener").textContent, /Live21 ms/);
  session.figures.link = "waiting";
  session.tell("status");
  assert.equal(place.dataset.state, "waiting");
  assert.match(find(place, ".opener").textContent, /Reconnecting/);
});

test("the drawer has transport, split, gaps of the last minute and who is here", () => {
  const { session, place } = make();
  find(place, ".drawer").showPopover();
  assert.match(find(place, ".drawer").textContent, /21\.0 ms from the server/); // before the next second's status
  Object.assign(session.figures, { underruns: 2, trims: 1 });
  session.tell("status");
  const text = find(place, ".drawer").textContent;
  assert.match(text, /21\.0 ms from the server to your ear, by WebSocket/);
  assert.match(text, /In the last minute: 2 gaps concealed, 1 surplus cut, 0 blocks lost\./);
  assert.ok(place.classList.contains("gapped"));
  assert.deepEqual([...find(place, ".members").children].map((member) => member.textContent), ["Deskyouperformer", "m2listener"]);
});

test("the slider goes from fast to safe", () => {
  const { session, place } = make();
  const slider = find(place, '[aria-label="Playout, fast to safe"]');
  slider.dispatchEvent(new KeyboardEvent("keydown", { key: "End", cancelable: true }));
  assert.deepEqual([session.safety, slider.getAttribute("aria-valuetext")], [1, "100 percent safe"]);
});
