// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, makePart, point } from "./page.js";
import { makeChosenPad } from "../parts/pad-choice.js";

test("the pad turns what is chosen for each way, and one parameter cannot go both", () => {
  const { part, session } = makePart();
  const body = makeChosenPad(part, ["pan", "input_gain", "fader"], ["pan", "input_gain"]);
  document.body.append(body);
  const [across, up] = /** @type {HTMLSelectElement[]} */ ([...body.querySelectorAll("select")]);
  assert.deepEqual([across.getAttribute("aria-label"), up.getAttribute("aria-label")], ["Low pad: left to right", "Low pad: upwards"]);
  assert.deepEqual([...up.options].map(({ disabled }) => disabled), [true, false, false]);
  const first = find(body, "tel-pad");
  up.value = "fader";
  up.dispatchEvent(new Event("change"));
  point(find(body, ".surface"), "pointerdown", { clientX: 150, clientY: 22 });
  frames();
  assert.deepEqual(session.sent.map(({ address, value }) => [address, value]), [["strip/1/pan", 0.5], ["strip/1/fader", 0]]);
  up.value = "input_gain";
  up.dispatchEvent(new Event("change"));
  assert.equal(find(body, "tel-pad"), first);
});
