// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, makePart } from "./page.js";
import { makeChannelPanel, makeCurveGlance } from "../parts/channel-panel.js";

const around = (/** @type {string[]} */ told) => ({
  rateHz: 48000, auxes: [], tell: (/** @type {string} */ text) => void told.push(text),
  columns: () => [["strip/1", "Low"], ["strip/2", "High"], ["group/g", "Band"], ["aux/hall", "Hall"]].map(([owner, name]) => {
    const [kind, id] = owner.split("/");
    return { owner, id, name, kind, table: kind };
  }),
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

test("a folded strip shows its curve: flat, and with a band where and as high as it is", () => {
  const { part, session } = makePart();
  const glance = makeCurveGlance(part, 48000);
  document.body.append(glance);
  const points = () => {
    frames(60); // what others turn glides
    return String(glance.lastElementChild?.getAttribute("points")).split(" ").map((pair) => pair.split(",").map(Number));
  };
  assert.equal(glance.getAttribute("aria-hidden"), "true");
  assert.ok(points().every(([, y]) => y === 0.5));
  for (const [name, value] of Object.entries({ on: true, mid1_gain: 10, mid1_freq: 20 * 1000 ** 0.5, mid1_q: 1 })) {
    session.turned(`strip/1/eq_${name}`, value);
  }
  const [x, y] = points().reduce((high, point) => (point[1] < high[1] ? point : high));
  assert.deepEqual([x, y], [0.5, 0.25]); // half of the way from 20 Hz to 20 kHz, 10 of the 40 dB above the middle
});
