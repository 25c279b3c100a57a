// @ts-check
import { Control, partAt } from "./component.js";
import { element } from "./dom.js";

/** @typedef {import("./wiring.js").Part} Part */
/** @typedef {[string, string][]} Options value and what people read */

/** A choice among names. */
export class Choice extends Control {
  /** @param {import("./component.js").Desk} desk */
  stand(desk) {
    const { part, parameter } = partAt(desk, this.address);
    this.fill(part, parameter, { text: this.getAttribute("text") ?? undefined, options: desk.options(part.owner, parameter) });
  }

  /**
   * @param {Part} part
   * @param {string} parameter
   * @param {{text?: string, options: Options}} look text: a short label for those who see it
   */
  fill(part, parameter, { text = part.rows[parameter].label, options }) {
    const select = element("select", { class: "choice", disabled: part.mayTurn ? undefined : "" });
    part.named((name) => select.setAttribute("aria-label", `${name} ${part.rows[parameter].label}`));
    for (const [value, name] of options) select.append(element("option", { value, text: name }));
    select.addEventListener("change", () => part.turn(parameter, select.value));
    part.on(parameter, (value) => (select.value = select.dataset.chosen = String(value))); // its option may come later
    this.append(element("label", { class: "choice-row" }, element("span", { class: "caption", text, "aria-hidden": "true" }), select));
    return this;
  }
}

customElements.define("tel-choice", Choice);

/** @param {Part} part @param {string} parameter @param {Options} options @param {{text?: string}} [look] */
export const makeChoice = (part, parameter, options, look) => new Choice().fill(part, parameter, { ...look, options });

/**
 * Other options for a choice; what is chosen stays.
 * @param {HTMLElement} choice
 * @param {Options} options
 */
export function showOptions(choice, options) {
  const select = choice.querySelector("select");
  if (!select) return;
  const chosen = select.value || (select.dataset.chosen ?? "");
  select.replaceChildren(...options.map(([value, text]) => element("option", { value, text })));
  select.value = chosen;
}

/**
 * A choice among columns, which may be called otherwise.
 * @param {Part} part
 * @param {string} parameter
 * @param {() => Options} options address and name
 */
export function makeNamedChoice(part, parameter, options) {
  const choice = makeChoice(part, parameter, options());
  part.named(() => showOptions(choice, options()));
  return choice;
}
