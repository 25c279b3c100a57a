// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames, makePart, point, press } from "./page.js";
import { bandLabel, makeHandle, namesOf } from "../parts/eq-handle.js";

function make() {
  const made = makePart();
  /** @type {string[]} */
  const chosen = [];
  const handle = makeHandle(made.part, "mid1", (band) => chosen.push(band));
  const graph = document.createElement("div");
  graph.append(handle.body);
  document.body.append(graph);
  return { ...made, handle, chosen };
}

test("a band's handle is named after its row and says frequency, gain and Q", () => {
  const { handle, part } = make();
  assert.equal(bandLabel(part, "mid1"), "Peak 1");
  assert.equal(handle.body.getAttribute("aria-label"), "Low Peak 1");
  assert.equal(handle.body.getAttribute("aria-valuetext"), "400 Hz, 0.0 dB, Q 1.00");
  assert.deepEqual(namesOf("hp"), { freq: "hp_freq", gain: null, q: null, on: "hp_on", text: "HP" });
});

test("a drag sideways turns its frequency and up its gain, both once a frame; a hand holds all three", () => {
  const { handle, session } = make();
  point(handle.body, "pointerdown", { clientX: 100, clientY: 50 });
  point(handle.body, "pointermove", { clientX: 120, clientY: 40 });
  frames();
  const sent = Object.fromEntries(session.sent.map(({ address, value }) => [address, value]));
  assert.ok(Math.abs(sent["strip/1/eq_mid1_freq"] / (400 * 1000 ** 0.1) - 1) < 0.01); // a tenth of 20 Hz to 20 kHz
  assert.equal(sent["strip/1/eq_mid1_gain"], 4); // a tenth of 40 dB
  session.turned("strip/1/eq_mid1_q", 9);
  frames(20);
  assert.doesNotMatch(handle.body.getAttribute("aria-valuetext") ?? "", /Q 9/);
});

test("keys turn gain, frequency and Q, and Delete brings the band back", () => {
  const { handle, session, chosen } = make();
  handle.body.focus();
  assert.deepEqual(chosen, ["mid1"]);
  for (const key of ["ArrowUp", "ArrowRight", "PageUp"]) press(handle.body, key);
  frames();
  assert.deepEqual(session.sent.map(({ address }) => address).sort(), ["strip/1/eq_mid1_freq", "strip/1/eq_mid1_gain", "strip/1/eq_mid1_q"]);
  press(handle.body, "Delete");
  frames();
  assert.deepEqual([session.state.values["strip/1/eq_mid1_gain"], session.state.values["strip/1/eq_mid1_freq"]], [0, 400]);
});
