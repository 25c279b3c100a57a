// @ts-check
/** A pad whose two parameters can be chosen. */
import { shortLabel } from "./cloud-values.js";
import { element } from "./dom.js";
import { makePad } from "./xy-pad.js";

/** @typedef {import("./wiring.js").Part} Part */

/**
 * @param {Part} part
 * @param {string[]} names of the parameters that it may have
 * @param {[string, string]} first from left to right, and from bottom to top, until others are chosen
 */
export function makeChosenPad(part, names, first) {
  /** @type {Map<string, HTMLElement>} by both names: a pad that was there comes back */
  const pads = new Map();
  const place = element("div", {});
  const choices = first.map((chosen, axis) => {
    const select = element("select", { class: "choice" }, ...names.map((name) => element("option", { value: name, text: shortLabel(part.rows[name]) })));
    select.value = chosen;
    part.named((owner) => select.setAttribute("aria-label", `${owner} pad: ${axis === 0 ? "left to right" : "upwards"}`));
    select.addEventListener("change", () => show());
    return select;
  });
  const show = () => {
    const [x, y] = choices.map(({ value }) => value);
    // one parameter cannot go two ways at once
    choices.forEach((choice, axis) => [...choice.options].forEach((option) => (option.disabled = option.value === (axis === 0 ? y : x))));
    const pad = pads.get(`${x} ${y}`) ?? makePad(part, x, y);
    pads.set(`${x} ${y}`, pad);
    place.replaceChildren(pad);
  };
  show();
  const caption = (/** @type {string} */ text) => element("span", { class: "dim", text, "aria-hidden": "true" });
  return element("div", { class: "chosen-pad" }, element("div", { class: "row" }, caption("\u2194"), choices[0], caption("\u2195"), choices[1]), place);
}
