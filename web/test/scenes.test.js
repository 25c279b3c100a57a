// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, press } from "./page.js";
import { makeScenes } from "../parts/scenes.js";

function make() {
  const session = new FakeSession();
  session.state.scenes = ["Verse", "Chorus"];
  /** @type {any[]} */
  const sent = [];
  const scenes = makeScenes(/** @type {any} */ (session), (command) => sent.push(command));
  document.body.append(scenes.body);
  return { session, sent, scenes };
}

test("a scene is stored, recalled over the cross-fade, updated and deleted", () => {
  const { sent, scenes } = make();
  find(scenes.body, '[aria-label="Name of the new scene"]').value = " Bridge ";
  find(scenes.body, "form").dispatchEvent(new Event("submit", { cancelable: true }));
  find(scenes.body, '[aria-label="Cross-fade, seconds"]').value = "3.5";
  for (const name of ["Recall Verse", "Store what is now as Verse", "Delete Verse"]) find(scenes.body, `[aria-label="${name}"]`).click();
  assert.deepEqual(sent, [
    { type: "scene_store", name: "Bridge" }, { type: "scene_recall", name: "Verse", fade_s: 3.5 },
    { type: "scene_store", name: "Verse" }, { type: "scene_delete", name: "Verse" },
  ]);
});

test("a new name is asked for in place", () => {
  const { sent, scenes } = make();
  find(scenes.body, '[aria-label="Rename Verse"]').click();
  const field = find(scenes.body, '[aria-label="New name of Verse"]');
  field.value = "Intro";
  press(field, "Enter");
  assert.deepEqual(sent, [{ type: "scene_rename", name: "Verse", to: "Intro" }]);
});

test("keys recall by place, and a place that is empty is none", () => {
  const { session, sent, scenes } = make();
  scenes.recallAt(1);
  scenes.recallAt(7);
  assert.deepEqual(sent.map(({ name }) => name), ["Chorus"]);
  session.state.scenes = [];
  session.tell("scenes");
  assert.equal(find(scenes.body, ".scenes").children.length, 0);
});
