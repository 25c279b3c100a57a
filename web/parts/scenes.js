// @ts-check
/** Scenes: all values under a name; stored, recalled over a time, renamed, deleted. */
import { element, replaceRows } from "./dom.js";
import { makeDrawer } from "./drawer.js";

const LONGEST_S = 600; // as the protocol allows
const NAME_LIMIT = 64;

/**
 * @param {import("../../client/session.js").Session} session
 * @param {(command: import("../../client/types.js").Command) => void} send
 */
export function makeScenes(session, send) {
  const fade = element("input", {
    class: "button short", type: "number", min: "0", max: String(LONGEST_S), step: "0.5", value: "2", "aria-label": "Cross-fade, seconds",
  });
  const name = element("input", {
    class: "button", type: "text", maxlength: String(NAME_LIMIT), placeholder: "Name of the new scene", "aria-label": "Name of the new scene",
    required: "", autocomplete: "off",
  });
  const form = element("form", {
    class: "row",
    submit: (/** @type {Event} */ event) => {
      event.preventDefault();
      const wanted = name.value.trim();
      if (!wanted) return;
      send({ type: "scene_store", name: wanted });
      name.value = "";
    },
  }, name, element("button", { class: "button", text: "Store" }));
  const list = element("ul", { class: "scenes" });
  const none = element("p", { class: "dim", text: "None yet. A scene keeps every value of the console." });
  const recall = (/** @type {string} */ scene) => {
    send({ type: "scene_recall", name: scene, fade_s: Math.min(LONGEST_S, Math.max(0, Number(fade.value) || 0)) });
  };
  const show = () => {
    const scenes = session.state.scenes;
    none.hidden = scenes.length > 0;
    replaceRows(list, scenes.map((scene) => makeScene(scene, { recall, send })));
  };
  session.on("scenes", show);
  session.on("state", show);
  show();
  const drawer = makeDrawer({
    title: "Scenes", kind: "scenes-drawer",
    content: [form, element("label", { class: "row dim" }, "Cross-fade over", fade, "s"), none, list],
  });
  /** The scene of that place in the list, from 0. @param {number} index */
  const recallAt = (index) => {
    const scene = session.state.scenes[index];
    if (scene !== undefined) recall(scene);
  };
  return { ...drawer, recallAt };
}

/**
 * @param {string} scene
 * @param {{recall: (scene: string) => void, send: (command: import("../../client/types.js").Command) => void}} acts
 */
function makeScene(scene, { recall, send }) {
  const go = element("button", { type: "button", class: "button wide", text: scene, "aria-label": `Recall ${scene}`, click: () => recall(scene) });
  const store = element("button", {
    type: "button", class: "button", text: "Update", "aria-label": `Store what is now as ${scene}`,
    click: () => send({ type: "scene_store", name: scene }),
  });
  const rename = element("button", { type: "button", class: "button", text: "Rename", "aria-label": `Rename ${scene}` });
  const remove = element("button", {
    type: "button", class: "button", text: "Delete", "aria-label": `Delete ${scene}`,
    click: () => send({ type: "scene_delete", name: scene }),
  });
  const row = element("li", { class: "row" }, go, store, rename, remove);
  rename.addEventListener("click", () => {
    const field = element("input", { class: "button wide", type: "text", maxlength: String(NAME_LIMIT), value: scene, "aria-label": `New name of ${scene}` });
    let ended = false;
    const end = () => {
      if (ended) return; // taking the field away blurs it
      ended = true;
      field.replaceWith(go);
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      const to = field.value.trim();
      if (event.key === "Escape") event.preventDefault();
      if (event.key === "Enter" && to && to !== scene) send({ type: "scene_rename", name: scene, to });
      if (event.key === "Enter" || event.key === "Escape") {
        end();
        rename.focus();
      }
    });
    field.addEventListener("blur", end);
    go.replaceWith(field);
    field.select();
    field.focus();
  });
  return row;
}
