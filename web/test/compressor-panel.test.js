// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, find, frames, makePart } from "./page.js";
import { makeCompressorPanel } from "../parts/compressor-panel.js";

test("what a compressor takes is a bar of 24 dB, and a figure that one can read", () => {
  const { part } = makePart();
  const panel = makeCompressorPanel(part, () => [["self", "Itself"]]);
  document.body.append(panel);
  frames(2);
  const bar = find(panel, ".gr-canvas");
  drawn(bar);
  panel.showReduction(-12);
  frames(15);
  assert.ok(drawn(bar).includes("fillRect 0 0 200 50"));
  assert.equal(find(panel, ".figure.reduction").textContent, "−12.0 dB");
  panel.showReduction(0);
  frames(60);
  assert.equal(find(panel, ".figure.reduction").textContent, "");
});
