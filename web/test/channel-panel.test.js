// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, makePart } from "./page.js";
import { makeChannelPanel, makeCurveGlance } from "../parts/channel-panel.js";

const around = (/** @type {string[]} */ told) => ({
  rateHz: 48000, auxes: [], tell: (/** @type {string} */ text) => void told.push(text),
  channels: () => /** @type {[string, string][]} */ ([["strip/1", "Low"], ["strip/2", "High"], ["group/g", "Band"]]),
});

test("a strip goes to the master or a group, and listens to any other channel", () => {
  const { part } = makePart();
  const { body } = makeChannelPanel(part, around([]));
  const options = (/** @type {string} */ label) => [...find(body, `[aria-label="${label}"]`).options].map((option) => option.value);
  assert.deepEqual(options("Low Output"), ["master", "group/g"]);
  assert.deepEqual(options("Low Side-chain"), ["self", "strip/2", "group/g"]);
});

test("settings are taken and put as one step; where there are none, it is said", () => {
  /** @type {string[]} */
  const told = [];
  localStorage.clear();
  const [from, to] = [makePart({ fader: -9 }), makePart()];
  const panels = [from, to].map(({ part }) => makeChannelPanel(part, around(told)).body);
  find(panels[1], '[aria-label="Paste settings to Low"]').click();
  assert.match(told[0], /copy the settings of a strip first/);
  find(panels[0], `[aria-label="Copy Low's settings"]`).click();
  find(panels[1], '[aria-label="Paste settings to Low"]').click();
  assert.deepEqual(to.session.sent, [{ type: "set_many", values: { "strip/1/fader": -9 } }]);
});

test("a folded strip shows its curve", () => {
  const { part } = makePart();
  const glance = makeCurveGlance(part, 48000);
  document.body.append(glance);
  frames(2);
  assert.equal(glance.getAttribute("aria-hidden"), "true");
});
