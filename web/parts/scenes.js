// @ts-check
/** Scenes: all values under a name; stored, recalled over a time, renamed, deleted. */
import { element, replaceRows } from "./dom.js";
import { makeDrawer } from "./drawer.js";
import { makeFadeField } from "./fade-field.js";
import { makeSceneRow, NAME_LIMIT } from "./scene-row.js";
import { makeSure } from "./sure.js";

/** @typedef {(command: import("../../client/types.js").Command) => void} Send */

/** @param {import("../../client/session.js").Session} session @param {Send} send */
export function makeScenes(session, send) {
  const said = element("p", { class: "small wrong said", role: "status" });
  const fade = makeFadeField();
  const say = (/** @type {string} */ text) => (said.textContent = text);
  const list = element("ul", { class: "scenes" });
  const none = element("p", { class: "dim", text: "None yet. A scene keeps every value of the console." });
  const recall = (/** @type {string} */ name) => send({ type: "scene_recall", name, fade_s: fade.seconds() });
  const names = () => session.state.scenes;
  /** @type {Map<string, HTMLElement>} */
  let rows = new Map();
  const show = () => {
    none.hidden = names().length > 0;
    rows = new Map(names().map((scene) => [scene, rows.get(scene) ?? makeSceneRow(scene, { recall, send, names, say })]));
    replaceRows(list, [...rows.values()]);
  };
  session.on("scenes", show);
  session.on("state", show);
  show();
  const drawer = makeDrawer({
    title: "Scenes", kind: "scenes-drawer",
    content: [makeStoring(names, send, say), fade.body, said, none, list],
  });
  /** The scene of that place in the list, from 0. @param {number} index */
  const recallAt = (index) => {
    const scene = names()[index];
    if (scene !== undefined) recall(scene);
  };
  return { ...drawer, recallAt };
}

/**
 * The field for a new scene's name; a name that exists is asked about.
 * @param {() => readonly string[]} names
 * @param {Send} send
 * @param {(text: string) => void} say
 */
function makeStoring(names, send, say) {
  const store = element("button", { class: "button", text: "Store" });
  const sure = makeSure(store);
  const name = element("input", {
    class: "button", type: "text", maxlength: String(NAME_LIMIT), placeholder: "Name of the new scene", "aria-label": "Name of the new scene",
    required: "", autocomplete: "off",
    input: () => {
      sure.rest();
      say("");
    },
  });
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const wanted = name.value.trim();
    if (!wanted) return;
    if (names().includes(wanted) && !sure.press(`Replace ${wanted}?`)) return say(`There is already a scene called ${wanted}.`);
    sure.rest();
    say("");
    send({ type: "scene_store", name: wanted });
    name.value = "";
  };
  return element("form", { class: "row storing", submit }, name, store);
}
