// @ts-check
/** What a column is called and its colour, for all members: a field and some swatches. */
import { element } from "./dom.js";

/** @typedef {import("./wiring.js").Part} Part */
/** @typedef {{name?: string, colour?: string}} Wish */

/** Of one lightness, so that none shouts on a dark or a light desk; named for those who do not see them. */
export const COLOURS = /** @type {const} */ ([
  ["", "No colour"], ["#d08770", "Orange"], ["#ebcb8b", "Yellow"], ["#a3be8c", "Green"], ["#8fbcbb", "Teal"],
  ["#81a1c1", "Blue"], ["#b48ead", "Purple"], ["#d3869b", "Pink"], ["#a8a29a", "Grey"],
]);
const NAME_LIMIT = 64; // as the server has it

/**
 * @param {Part} part
 * @param {(wish: Wish) => void} describe
 */
export function makeLabelEditor(part, describe) {
  const field = element("input", { class: "label-name", type: "text", maxlength: NAME_LIMIT, autocomplete: "off", spellcheck: "false", readonly: part.mayTurn ? undefined : "" });
  const swatches = COLOURS.map(([colour, name]) => {
    const swatch = element("button", { type: "button", class: "swatch", "data-colour": colour, title: name, disabled: part.mayTurn ? undefined : "", click: () => describe({ colour }) });
    if (colour) swatch.style.setProperty("--swatch", colour);
    return { colour, name, swatch };
  });
  let wished = "";
  const rename = () => {
    const name = field.value.trim();
    if (name !== part.name && name !== wished) describe({ name });
    wished = name;
  };
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Enter") rename();
    else if (event.key === "Escape") field.value = part.name;
  });
  field.addEventListener("focus", () => (wished = ""));
  field.addEventListener("blur", () => {
    rename();
    field.value = part.name; // what the server makes of the wish is shown when it says so
  });
  const colours = element("div", { class: "swatches", role: "group" }, ...swatches.map(({ swatch }) => swatch));
  part.named((name) => {
    if (document.activeElement !== field) field.value = name;
    field.setAttribute("aria-label", `Name of ${name}`);
    colours.setAttribute("aria-label", `Colour of ${name}`);
    for (const { name: colour, swatch } of swatches) swatch.setAttribute("aria-label", `${name}: ${colour}`);
  });
  /** @param {string} chosen */
  const showColour = (chosen) => {
    for (const { colour, swatch } of swatches) swatch.setAttribute("aria-pressed", String(colour === chosen.toLowerCase()));
  };
  return { body: element("div", { class: "label-editor" }, field, colours), focus: () => field.select(), showColour };
}
