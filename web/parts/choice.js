// @ts-check
import { element } from "./dom.js";

/**
 * A choice among names.
 * @param {import("./wiring.js").Part} part
 * @param {string} parameter
 * @param {[string, string][]} options value and what people read
 * @param {{text?: string}} [look] a short label for those who see it
 */
export function makeChoice(part, parameter, options, { text } = {}) {
  const row = part.rows[parameter];
  const select = element("select", { class: "choice" });
  part.named((name) => select.setAttribute("aria-label", `${name} ${row.label}`));
  for (const [value, name] of options) select.append(element("option", { value, text: name }));
  select.addEventListener("change", () => part.turn(parameter, select.value));
  part.on(parameter, (value) => (select.value = select.dataset.chosen = String(value))); // its option may come later
  return element("label", { class: "choice-row" }, element("span", { class: "caption", text: text ?? row.label, "aria-hidden": "true" }), select);
}

/**
 * Other options for a choice; what is chosen stays.
 * @param {HTMLElement} choice of `makeChoice`
 * @param {[string, string][]} options
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
 * @param {import("./wiring.js").Part} part
 * @param {string} parameter
 * @param {() => [string, string][]} options address and name
 */
export function makeNamedChoice(part, parameter, options) {
  const choice = makeChoice(part, parameter, options());
  part.named(() => showOptions(choice, options()));
  return choice;
}
