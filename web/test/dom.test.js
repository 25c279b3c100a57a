// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { byId, element, icon, replaceRows, token } from "../parts/dom.js";

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

test("a focus in a list stays at its place when the rows are others, and goes to the drawer when none is left", () => {
  const row = (/** @type {string} */ name) => element("li", {}, element("button", { text: name }));
  const list = element("ul", {}, row("a"), row("b"));
  const drawer = element("section", { popover: "auto" }, element("input"), list);
  document.body.append(drawer);
  const focused = () => document.activeElement?.textContent || document.activeElement?.tagName;
  list.querySelectorAll("button")[1].focus();
  replaceRows(list, [row("c"), row("d"), row("e")]);
  assert.equal(focused(), "d");
  replaceRows(list, [row("f")]);
  assert.equal(focused(), "f");
  replaceRows(list, []);
  assert.equal(focused(), "INPUT");
  replaceRows(list, [row("g")]);
  assert.equal(focused(), "INPUT");
});

test("a row that stays in a list is the same element, and is not moved", () => {
  const [a, b, c] = ["a", "b", "c"].map((text) => element("li", { text }));
  const list = element("ul", {}, a, c);
  let moves = 0;
  const insert = list.insertBefore.bind(list);
  list.insertBefore = (node, before) => {
    moves += 1;
    return insert(node, before);
  };
  replaceRows(list, [a, b, c]);
  assert.deepEqual([list.textContent, moves], ["abc", 1]);
  replaceRows(list, [b, c]);
  assert.deepEqual([list.textContent, moves, list.firstChild], ["bc", 1, b]);
});
