// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { frames } from "./page.js";
import { gestureOf, newGesture } from "../parts/gestures.js";

test("a control that is turned again soon goes on with its gesture; another control, or a pause, begins one", () => {
  const first = gestureOf("pad");
  frames(30); // half a second
  assert.equal(gestureOf("pad"), first);
  frames(30);
  assert.equal(gestureOf("pad"), first);
  assert.notEqual(gestureOf("knob"), first);
  const again = gestureOf("pad");
  frames(45);
  assert.notEqual(gestureOf("pad"), again);
  const own = newGesture();
  assert.notEqual(gestureOf("pad"), own);
});
