// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart } from "./page.js";
import { makeEqPanel } from "../parts/eq-panel.js";

test("the knobs of one band are seen, that of the tab or the handle which was taken", () => {
  const { part } = makePart();
  const body = makeEqPanel(part, 48000);
  document.body.append(body);
  const shown = () => [...body.querySelectorAll(".knobs")].filter((knobs) => !(/** @type {any} */ (knobs).hidden)).map((knobs) => find(knobs, ".dial").getAttribute("aria-label"));
  assert.deepEqual(shown(), ["Low Peak 1 frequency"]);
  find(body, '[aria-label="Low High shelf band"]').click();
  assert.deepEqual(shown(), ["Low High shelf frequency"]);
  find(body, ".eq-handle.low").focus();
  assert.deepEqual(shown(), ["Low Low shelf frequency"]);
});
