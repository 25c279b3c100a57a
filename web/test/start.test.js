// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, settled } from "./page.js";
import { askToStart } from "../parts/start.js";

test("one button starts the sound; where it does not start, it can be pressed again; then the focus is on Play", async () => {
  document.body.innerHTML = '<button class="key play"></button>';
  let heard = false;
  askToStart("Canon", async () => heard);
  const dialog = find(document, ".start");
  const begin = find(dialog, ".primary");
  assert.equal(dialog.open, true);
  begin.click();
  await settled();
  assert.equal(begin.disabled, false);
  heard = true;
  begin.click();
  await settled();
  assert.equal(document.querySelector(".start"), null);
  assert.equal(document.activeElement, find(document, ".play"));
});

test("one may do without, and the browser's Escape leaves it", () => {
  for (const leave of ["click", "close"]) {
    askToStart("Canon", async () => false);
    const dialog = find(document, ".start");
    if (leave === "click") find(dialog, ".plain").click();
    else dialog.close();
    assert.equal(document.querySelector(".start"), null);
  }
});
