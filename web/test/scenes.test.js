// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find } from "./page.js";
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

/** @param {any} body @param {string} name */
function store(body, name) {
  find(body, '[aria-label="Name of the new scene"]').value = name;
  find(body, "form").dispatchEvent(new Event("submit", { cancelable: true }));
}

test("a scene is stored, and recalled over the cross-fade", () => {
  const { sent, scenes } = make();
  store(scenes.body, " Bridge ");
  const fade = find(scenes.body, '[aria-label="Cross-fade, seconds"]');
  fade.value = "3.5";
  fade.dispatchEvent(new Event("change"));
  find(scenes.body, '[aria-label="Recall Verse"]').click();
  assert.deepEqual(sent, [{ type: "scene_store", name: "Bridge" }, { type: "scene_recall", name: "Verse", fade_s: 3.5 }]);
});

test("a name that exists is replaced only when that is said a second time", () => {
  const { sent, scenes } = make();
  const button = find(scenes.body, "form button");
  store(scenes.body, "Verse");
  assert.deepEqual([sent.length, button.textContent], [0, "Replace Verse?"]);
  assert.match(scenes.body.textContent ?? "", /There is already a scene called Verse\./);
  store(scenes.body, "Chorus");
  assert.deepEqual([sent.length, button.textContent], [0, "Replace Chorus?"]);
  store(scenes.body, "Chorus");
  assert.deepEqual(sent, [{ type: "scene_store", name: "Chorus" }]);
  assert.equal(button.textContent, "Store");
});

test("a row that stays keeps what is being done to it when another scene comes", () => {
  const { session, scenes } = make();
  const remove = find(scenes.body, '[aria-label="Delete Verse"]');
  remove.click();
  session.state.scenes = ["Bridge", "Verse"];
  session.tell("scenes");
  assert.equal(find(scenes.body, '[aria-label="Delete Verse?"]'), remove);
  assert.deepEqual([...scenes.body.querySelectorAll(".wide")].map(({ textContent }) => textContent), ["Bridge", "Verse"]);
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
