// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, makePart, point } from "./page.js";
import { makePad } from "../parts/xy-pad.js";

test("a finger on the pad turns both parameters once a frame, and holds both", () => {
  const { part, session } = makePart();
  const pad = makePad(part, "pan", "input_gain");
  document.body.append(pad);
  const surface = find(pad, ".surface");
  point(surface, "pointerdown", { clientX: 150, clientY: 25 });
  frames();
  assert.deepEqual(session.sent.map(({ address, value }) => [address, value]), [["strip/1/pan", 0.5], ["strip/1/input_gain", 12]]);
  session.turned("strip/1/pan", -1);
  frames(20);
  assert.equal(surface.classList.contains("held"), true);
  point(surface, "pointerup", { clientX: 150, clientY: 25 });
  assert.equal(surface.classList.contains("held"), false);
});

test("what the pad turns is one step of undo", () => {
  const { part, session } = makePart();
  const pad = makePad(part, "pan", "input_gain");
  point(find(pad, ".surface"), "pointerdown", { clientX: 150, clientY: 25 });
  frames();
  point(find(pad, ".surface"), "pointermove", { clientX: 50, clientY: 25 });
  frames();
  const gestures = new Set(session.sent.map(({ gesture }) => gesture));
  assert.deepEqual([session.sent.length, gestures.size, typeof [...gestures][0]], [4, 1, "number"]);
});

test("for keys there is a slider on each edge, named after its part", () => {
  const { part, wiring } = makePart();
  const pad = makePad(part, "pan", "input_gain");
  wiring.rename([["strip/1", "Bass"]]);
  assert.deepEqual([...pad.querySelectorAll('[role="slider"]')].map((axis) => axis.getAttribute("aria-label")), ["Bass pad: Pan", "Bass pad: Input gain"]);
});
