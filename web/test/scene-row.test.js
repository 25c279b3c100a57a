// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, press } from "./page.js";
import { makeSceneRow } from "../parts/scene-row.js";

function make(scenes = ["Verse", "Chorus"]) {
  /** @type {any[]} */
  const sent = [];
  /** @type {string[]} */
  const told = [];
  const row = makeSceneRow("Verse", {
    recall: (name) => sent.push({ type: "recall", name }), send: (command) => sent.push(command), names: () => scenes, say: (text) => told.push(text),
  });
  document.body.replaceChildren(row);
  const edit = (/** @type {string} */ text) => {
    find(row, '[aria-label="Rename Verse"]').click();
    const field = find(row, '[aria-label="New name of Verse"]');
    field.value = text;
    return field;
  };
  return { row, sent, told, edit };
}

test("replacing and deleting are asked about once", () => {
  const { row, sent } = make();
  const [store, remove] = ["Update Verse: store what is now", "Delete Verse"].map((name) => find(row, `[aria-label="${name}"]`));
  store.click();
  remove.click();
  assert.deepEqual([store.textContent, store.getAttribute("aria-label"), remove.textContent, sent.length], ["Replace?", "Replace Verse?", "Delete?", 0]);
  store.click();
  remove.click();
  assert.deepEqual(sent, [{ type: "scene_store", name: "Verse" }, { type: "scene_delete", name: "Verse" }]);
});

test("a new name is taken by Enter and by going elsewhere, once, and not by Escape", () => {
  const { row, sent, edit } = make();
  press(edit("Intro"), "Enter");
  assert.equal(document.activeElement?.textContent, "Rename");
  edit("Outro").dispatchEvent(new Event("blur"));
  press(edit("Never"), "Escape");
  edit("Verse").dispatchEvent(new Event("blur"));
  assert.deepEqual(sent.map(({ to }) => to), ["Intro", "Outro"]);
  assert.ok(find(row, '[aria-label="Recall Verse"]'));
});

test("no name and a name that is taken are told, and the old one stands there again", () => {
  const { row, sent, told, edit } = make();
  press(edit("  "), "Enter");
  edit("Chorus").dispatchEvent(new Event("blur"));
  assert.deepEqual(told.filter(Boolean), ["A scene needs a name; it is still called Verse.", "There is already a scene called Chorus."]);
  assert.deepEqual([sent.length, find(row, ".wide").textContent], [0, "Verse"]);
});

test("a scene that somebody else deleted meanwhile is not renamed", () => {
  const scenes = ["Verse"];
  const { sent, edit } = make(scenes);
  const field = edit("Intro");
  scenes.length = 0;
  field.dispatchEvent(new Event("blur"));
  assert.deepEqual(sent, []);
});
