// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, TABLE } from "./page.js";
import { layOutDesk } from "../parts/desk.js";

function make() {
  const session = new FakeSession();
  session.state.groups = [{ id: "g", name: "Band", colour: "#334455" }];
  session.state.auxes = [{ id: "hall", name: "Hall", kind: "reverb", colour: "" }, { id: "echo", name: "", kind: "delay", colour: "" }];
  const place = document.createElement("main");
  document.body.append(place);
  layOutDesk(place, /** @type {any} */ (session), TABLE, () => {});
  return { session, place };
}

test("strips, groups and auxes stand side by side, and the master beside them", () => {
  const { place } = make();
  const names = [...place.querySelectorAll("section")].map((section) => section.getAttribute("aria-label"));
  assert.deepEqual(names, ["Low", "Band", "Hall", "echo", "Master"]);
});

test("meters reach their columns", () => {
  const { session, place } = make();
  find(place, '[data-owner="strip/1"] .unfold').click();
  const master = { peak: [-6, -6], rms: [-9, -9], true_peak: [-5, -5], momentary: -20, short_term: -20, integrated: -20, range: 1, correlation: 1, limiter_db: 0, spectrum: [] };
  assert.doesNotThrow(() => session.tell("meters", { channels: { "strip/1": [-6, -6, -12, -12, -3], "strip/9": [0, 0, 0, 0, 0] }, auxes: { hall: [-20, -20, -30, -30] }, master }));
});

test("a strip that was shut for what is no sound is marked, and the others are not", () => {
  const { session, place } = make();
  session.tell("server", { shut: { 1: 2 } });
  const marks = [...place.querySelectorAll(".shut-mark:not([hidden])")];
  assert.deepEqual(marks.map((mark) => mark.closest("section")?.getAttribute("aria-label")), ["Low"]);
  assert.match(marks[0].getAttribute("title") ?? "", /2 times/);
});

test("another name and colour reach the column and all that name it", () => {
  const { session, place } = make();
  find(place, '[data-owner="strip/1"] .unfold').click();
  Object.assign(session.state.auxes[0], { name: "Church", colour: "#778899" });
  Object.assign(session.state.groups[0], { name: "Choir" });
  session.tell("described", { part: "aux/hall", name: "Church", colour: "#778899" });
  assert.equal(find(place, '[data-owner="aux/hall"]').getAttribute("aria-label"), "Church");
  assert.equal(find(place, '[data-owner="aux/hall"]').style.getPropertyValue("--colour"), "#778899");
  assert.ok(find(place, '.dial[aria-label="Low Send level: Church"]'));
  assert.equal(find(place, '[aria-label="Low Output"] [value="group/g"]').textContent, "Choir");
  find(place, '[data-owner="strip/1"] .swatch').click();
  assert.deepEqual(session.sent.at(-1), { type: "describe", part: "strip/1", colour: "" });
});
