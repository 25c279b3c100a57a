// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, press } from "./page.js";
import { makeSheet } from "../parts/sheet.js";

/** @param {boolean} narrow */
function make(narrow) {
  document.body.innerHTML = `<header></header><p role="alert"></p><main><div><button class="unfold"></button>
    <section class="panel"><b class="sheet-name">Low</b><button class="done"></button></section></div><i class="other"></i><div class="master-bar"></div></main>`;
  const media = Object.assign(document.createElement("i"), { matches: /** @type {any} */ (narrow) }); // any target of events
  const asked = globalThis.matchMedia;
  Object.assign(globalThis, { matchMedia: () => media });
  let folds = 0;
  const [panel, opener] = [find(document, ".panel"), find(document, ".unfold")];
  const show = makeSheet(panel, opener, () => {
    folds++;
    panel.hidden = true;
    show(false);
  });
  Object.assign(globalThis, { matchMedia: asked });
  const inert = () => ["header", "[role=alert]", ".unfold", ".panel", ".other", ".master-bar"].filter((each) => find(document, each).inert);
  return { panel, opener, show, inert, media, folds: () => folds };
}

test("where the page is narrow, an unfolded panel is a dialog: only it and the master's bar can be reached", () => {
  const { panel, opener, show, inert, folds } = make(true);
  show(true);
  assert.deepEqual([panel.getAttribute("role"), panel.getAttribute("aria-label")], ["dialog", "Low settings"]);
  assert.deepEqual(inert(), ["header", ".unfold", ".other"]);
  assert.equal(document.activeElement, find(document, ".done"));
  press(panel, "Escape");
  assert.deepEqual([folds(), inert(), panel.getAttribute("role")], [1, [], null]);
  assert.equal(document.activeElement, opener);
});

test("where the page is wide, it stands in its column", () => {
  const { panel, show, inert } = make(false);
  show(true);
  assert.deepEqual([panel.getAttribute("role"), inert()], [null, []]);
});

test("a page that becomes narrow folds what would cover it; one that becomes wide gives the rest back", () => {
  const wide = make(false);
  wide.show(true);
  wide.media.matches = true;
  wide.media.dispatchEvent(new Event("change"));
  assert.deepEqual([wide.folds(), wide.inert()], [1, []]);
  const narrow = make(true);
  narrow.show(true);
  narrow.media.matches = false;
  narrow.media.dispatchEvent(new Event("change"));
  assert.deepEqual([narrow.folds(), narrow.inert()], [0, []]);
});
