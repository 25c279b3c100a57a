// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePart } from "./page.js";
import { makeInputPanel } from "../parts/input-panel.js";

test("the input has gain, polarity, high-pass and output", () => {
  const { part } = makePart();
  const body = makeInputPanel(part, () => [["master", "Master"]], document.createElement("i"));
  const labels = [...body.querySelectorAll("[aria-label]")].map((each) => each.getAttribute("aria-label"));
  for (const label of ["Low Input gain", "Low Polarity inverted", "Low High-pass", "Low High-pass frequency", "Low Output"]) assert.ok(labels.includes(label), label);
});
