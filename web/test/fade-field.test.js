// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { find, press } from "./page.js";
import { FADE, makeFadeField } from "../parts/fade-field.js";

function make() {
  const fade = makeFadeField();
  const { body } = fade;
  document.body.replaceChildren(body);
  const field = find(body, "input");
  /** @param {string} text */
  const type = (text) => {
    field.value = text;
    field.dispatchEvent(new Event("input"));
    field.dispatchEvent(new Event("change"));
    return { seconds: fade.seconds(), shown: field.value, wrong: field.getAttribute("aria-invalid"), said: find(body, "[role=status]").textContent };
  };
  return { field, type };
}

test("the range is that of the protocol", () => {
  const schema = JSON.parse(readFileSync(new URL("../../docs/telharmonic.v1.schema.json", import.meta.url), "utf8"));
  const { minimum, maximum } = schema.$defs.SceneRecall.properties.fade_s;
  assert.deepEqual([FADE.minimum, FADE.maximum], [minimum, maximum]);
});

test("any number of seconds in the range is taken, with or without its unit", () => {
  const { type } = make();
  for (const [text, seconds] of /** @type {const} */ ([["0.1", 0.1], ["0", 0], ["3.5 s", 3.5], ["500 ms", 0.5], ["0,25", 0.25], ["600", 600]])) {
    assert.deepEqual(type(text), { seconds, shown: String(seconds), wrong: null, said: "" });
  }
});

test("what is no such number is marked and said, and the last good one stays in force", () => {
  const { field, type } = make();
  type("4");
  for (const text of ["abc", "1e999", "", "-1", "601"]) {
    assert.deepEqual(type(text), { seconds: 4, shown: text, wrong: "true", said: "It takes 0 to 600 s, and stays at 4 s." });
  }
  press(field, "Escape");
  assert.deepEqual([field.value, field.hasAttribute("aria-invalid")], ["4", false]);
});
