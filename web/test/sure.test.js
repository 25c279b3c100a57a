// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { element } from "../parts/dom.js";
import "./page.js";
import { makeSure } from "../parts/sure.js";

test("a press asks, the next one is the yes, and then the button is as it was", () => {
  const button = element("button", { text: "Delete", "aria-label": "Delete Verse" });
  const { press } = makeSure(button);
  assert.equal(press("Delete?", "Delete Verse?"), false);
  assert.deepEqual([button.textContent, button.getAttribute("aria-label"), button.className], ["Delete?", "Delete Verse?", "asks"]);
  assert.equal(press("Delete?", "Delete Verse?"), true);
  assert.deepEqual([button.textContent, button.getAttribute("aria-label"), button.className], ["Delete", "Delete Verse", ""]);
});

test("after 4 s it has not been asked, and another question is none that was answered", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  for (const name of /** @type {const} */ (["setTimeout", "clearTimeout"])) context.mock.method(window, name, globalThis[name]);
  const button = element("button", { text: "Store" });
  const { press } = makeSure(button);
  press("Replace A?");
  assert.equal(press("Replace B?"), false);
  context.mock.timers.tick(3999);
  assert.equal(button.textContent, "Replace B?");
  context.mock.timers.tick(1);
  assert.equal(button.textContent, "Store");
  assert.equal(press("Replace B?"), false);
  assert.equal(button.hasAttribute("aria-label"), false);
});
