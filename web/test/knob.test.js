// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, makePart, press } from "./page.js";
import { makeKnob } from "../parts/knob.js";

test("a knob sends what is typed with its unit, and says what it is", () => {
  const { part, session } = makePart();
  const knob = makeKnob(part, "hp_freq", { text: "High-pass" });
  document.body.append(knob);
  const [dial, field] = [find(knob, ".dial"), find(knob, "input")];
  assert.equal(dial.getAttribute("aria-label"), "Low High-pass frequency");
  assert.equal(find(knob, ".caption").textContent, "High-pass");
  dial.focus();
  press(dial, "2");
  assert.equal(document.activeElement, field);
  field.value = "0.2k";
  press(field, "Enter");
  assert.deepEqual(session.sent, [{ type: "set", address: "strip/1/hp_freq", value: 200 }]);
  assert.equal(document.activeElement, dial);
});

test("what is not allowed is marked and not sent, and Escape brings back what stood there", () => {
  const { part, session } = makePart();
  const knob = makeKnob(part, "hp_freq");
  document.body.append(knob);
  const field = find(knob, "input");
  field.focus();
  field.value = "9 kHz";
  press(field, "Enter");
  assert.equal(field.getAttribute("aria-invalid"), "true");
  press(field, "Escape");
  assert.match(field.value, /^80/);
  assert.deepEqual(session.sent, []);
});

test("the arc of a value that can be above and below zero begins at zero", () => {
  const { part, session } = makePart();
  const knob = makeKnob(part, "input_gain"); // -24 to 24 dB
  session.turned("strip/1/input_gain", 12, 0);
  frames(60);
  const [, from, length] = find(knob, ".value").getAttribute("stroke-dasharray").split(" ").map(Number);
  assert.deepEqual([from, length], [0.5, 0.25]);
});
