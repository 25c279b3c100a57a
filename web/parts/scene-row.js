// @ts-check
/** A scene in the list: recalled, stored anew, renamed in place, deleted. */
import { element } from "./dom.js";
import { makeSure } from "./sure.js";

export const NAME_LIMIT = 64; // as the protocol has it

/**
 * @typedef {object} Acts
 * @property {(scene: string) => void} recall
 * @property {(command: import("../../client/types.js").Command) => void} send
 * @property {() => readonly string[]} names of all scenes there are
 * @property {(text: string) => void} say what is wrong; empty for nothing
 */

/** @param {string} scene @param {Acts} acts */
export function makeSceneRow(scene, acts) {
  const { recall, send } = acts;
  const go = element("button", { type: "button", class: "button wide", text: scene, "aria-label": `Recall ${scene}`, click: () => recall(scene) });
  const store = element("button", { type: "button", class: "button", text: "Update", "aria-label": `Update ${scene}: store what is now` });
  const remove = element("button", { type: "button", class: "button", text: "Delete", "aria-label": `Delete ${scene}` });
  const [sureStore, sureRemove] = [makeSure(store), makeSure(remove)];
  store.addEventListener("click", () => sureStore.press("Replace?", `Replace ${scene}?`) && send({ type: "scene_store", name: scene }));
  remove.addEventListener("click", () => sureRemove.press("Delete?", `Delete ${scene}?`) && send({ type: "scene_delete", name: scene }));
  const rename = element("button", {
    type: "button", class: "button", text: "Rename", "aria-label": `Rename ${scene}`, click: () => editName(scene, go, rename, acts),
  });
  return element("li", { class: "row" }, go, store, rename, remove);
}

/**
 * A field in the place of the scene's button: Enter and going elsewhere take the name, Escape does not.
 * @param {string} scene
 * @param {HTMLElement} go
 * @param {HTMLElement} rename
 * @param {Acts} acts
 */
function editName(scene, go, rename, acts) {
  const field = element("input", {
    class: "button wide", type: "text", maxlength: String(NAME_LIMIT), value: scene, "aria-label": `New name of ${scene}`, autocomplete: "off",
  });
  let ended = false;
  /** @param {boolean} taken */
  const end = (taken) => {
    if (ended) return; // taking the field away blurs it
    ended = true;
    if (taken) take(scene, field.value.trim(), acts);
    field.replaceWith(go);
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // Escape would close the drawer
    end(event.key === "Enter");
    rename.focus();
  });
  field.addEventListener("blur", () => end(true));
  acts.say("");
  go.replaceWith(field);
  field.select();
  field.focus();
}

/** @param {string} scene @param {string} to @param {Acts} acts */
function take(scene, to, { send, names, say }) {
  if (to === scene || !names().includes(scene)) return; // somebody else may have deleted it
  if (!to) return say(`A scene needs a name; it is still called ${scene}.`);
  if (names().includes(to)) return say(`There is already a scene called ${to}.`);
  send({ type: "scene_rename", name: scene, to });
}
