// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart } from "./page.js";
import { makeAuxGlance, makeDelayPanel, makeReverbPanel } from "../parts/aux-panel.js";

const rooms = [{ id: "hall", name: "Concert hall" }, { id: "room", name: "" }];

test("a reverb's rooms are chosen by name, and a new one is a choice at once", () => {
  const { part } = makePart({ impulse: "hall" }, "reverb");
  const panel = makeReverbPanel(part, rooms, () => {});
  const options = () => [...find(panel.body, "select").options].map((option) => option.text);
  assert.deepEqual(options(), ["None", "Concert hall", "room"]);
  panel.showImpulses([...rooms, { id: "own", name: "Our church" }]);
  assert.deepEqual(options().at(-1), "Our church");
  assert.equal(find(panel.body, "select").value, "hall");
  assert.equal(makeAuxGlance(part, () => rooms).textContent, "Concert hall");
});

test("a delay's time is shown in seconds or in beats", () => {
  const { part } = makePart({ sync: false, time: 0.2, beats: 0.75 }, "delay");
  const { body } = makeDelayPanel(part, () => {});
  const hidden = (/** @type {string} */ name) => find(body, `.dial[aria-label="Low ${name}"]`).closest(".knob").hidden;
  assert.deepEqual([hidden("Time"), hidden("Beats")], [false, true]);
  find(body, ".switch").click();
  assert.deepEqual([hidden("Time"), hidden("Beats")], [true, false]);
  assert.match(makeAuxGlance(part, () => []).textContent ?? "", /0\.75/);
});
