// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, press, settled } from "./page.js";
import { askToStart } from "../parts/start.js";

test("one button starts the sound; where it does not start, it can be pressed again, and Escape leaves it", async () => {
  let heard = false;
  askToStart("Canon", async () => heard);
  const dialog = find(document, ".start");
  const begin = find(dialog, ".primary");
  assert.equal(document.activeElement, begin);
  begin.click();
  await settled();
  assert.equal(begin.disabled, false);
  heard = true;
  begin.click();
  await settled();
  assert.equal(document.querySelector(".start"), null);
  askToStart("Canon", async () => false);
  press(find(document, ".start"), "Escape");
  assert.equal(document.querySelector(".start"), null);
});
