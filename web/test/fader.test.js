// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart, press } from "./page.js";
import { makeFader } from "../parts/fader.js";

test("a fader has a scale, and its field and its way show the same", () => {
  const { part, session } = makePart({ fader: -10 });
  const fader = makeFader(part, "fader");
  document.body.append(fader);
  const [scale, body, field] = [".scale", ".fader", "input"].map((selector) => find(fader, selector));
  assert.deepEqual([...scale.children].map((mark) => mark.textContent), ["12", "6", "0", "5", "10", "20", "30", "40", "60"]);
  assert.equal(field.value, "−10.0");
  press(body, "PageUp");
  assert.equal(field.value, "−7.0");
  assert.equal(body.getAttribute("aria-label"), "Low Fader");
  assert.equal(field.getAttribute("aria-label"), "Low Fader, dB");
  assert.ok(find(scale, ".zero"));
  assert.equal(session.sent.length, 0); // it is sent with the next frame
});
