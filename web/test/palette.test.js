// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";
import { colour, onPalette } from "../parts/palette.js";

test("a colour is read once, and again when the theme has changed, of which all are told", () => {
  const { style } = document.documentElement;
  style.setProperty("--test-colour", "#111111");
  assert.equal(colour("--test-colour"), "#111111");
  style.setProperty("--test-colour", "#eeeeee");
  assert.equal(colour("--test-colour"), "#111111");
  let told = 0;
  onPalette(() => told++);
  window.dispatchEvent(new Event("themechange"));
  assert.deepEqual([told, colour("--test-colour")], [1, "#eeeeee"]);
});
