// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart, press } from "./page.js";
import { COLOURS, makeLabelEditor } from "../parts/label-editor.js";

function make() {
  const { part, wiring } = makePart();
  /** @type {object[]} */
  const wishes = [];
  const editor = makeLabelEditor(part, (wish) => wishes.push(wish));
  document.body.append(editor.body);
  return { editor, wishes, wiring, field: find(editor.body, "input") };
}

test("Enter and leaving the field ask for the name that stands there, once", () => {
  const { field, wishes } = make();
  field.focus();
  field.value = "  Bass ";
  press(field, "Enter");
  field.blur();
  assert.deepEqual(wishes, [{ name: "Bass" }]);
  assert.equal(field.value, "Low"); // until the server says so
});

test("Escape asks for nothing", () => {
  const { field, wishes } = make();
  field.focus();
  field.value = "Bass";
  press(field, "Escape");
  field.blur();
  assert.deepEqual([wishes, field.value], [[], "Low"]);
});

test("a swatch asks for its colour, and the one that is chosen is marked; all follow the name", () => {
  const { editor, wishes, wiring } = make();
  find(editor.body, '[title="Teal"]').click();
  assert.deepEqual(wishes, [{ colour: "#8fbcbb" }]);
  editor.showColour("#8FBCBB");
  assert.deepEqual([...editor.body.querySelectorAll('[aria-pressed="true"]')].map((swatch) => swatch.getAttribute("aria-label")), ["Low: Teal"]);
  wiring.rename([["strip/1", "Bass"]]);
  assert.equal(find(editor.body, '[title="Teal"]').getAttribute("aria-label"), "Bass: Teal");
  assert.equal(find(editor.body, "input").value, "Bass");
  assert.equal(new Set(COLOURS.map(([colour]) => colour)).size, COLOURS.length);
});
