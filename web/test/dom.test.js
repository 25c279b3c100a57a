// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { byId, element, icon, token } from "../parts/dom.js";

test("an element has its text, its attributes, its listeners and its children; what is false or absent is left out", () => {
  let clicks = 0;
  const body = element("button", { text: "Go", title: "There", hidden: false, lang: undefined, click: () => clicks++ }, element("i"), "!");
  body.click();
  assert.deepEqual([body.textContent, body.title, body.hasAttribute("hidden"), body.hasAttribute("lang"), clicks], ["Go!", "There", false, false, 1]);
  assert.ok(find(body, "i"));
});

test("a drawing is hidden from screen readers", () => {
  assert.equal(icon("M0 0").getAttribute("aria-hidden"), "true");
});

test("what a page lacks is named", () => {
  assert.throws(() => byId("nowhere"), /#nowhere/);
});

test("a token is the page's own", () => {
  document.documentElement.style.setProperty("--test-token", " #123456 ");
  assert.equal(token("--test-token"), "#123456");
});
