// @ts-check
/** Which parameter gets a lane: a column and one of its parameters by their names, or an address. */
import { element } from "./dom.js";
import { laneOwners } from "./lane-names.js";

/**
 * @param {import("../../client/session.js").Session} session
 * @param {import("./columns.js").Table} table
 * @param {(address: string) => boolean} exists
 * @param {(address: string) => void} draw
 */
export function makeLaneChoice(session, table, exists, draw) {
  const column = element("select", { class: "button", "aria-label": "Column of a new lane", change: () => choose(column.value) });
  const parameter = element("select", { class: "button", "aria-label": "Parameter of a new lane", change: () => fill(parameter.value) });
  const field = element("input", {
    class: "button", type: "text", placeholder: "strip/1/fader", "aria-label": "Address of a new lane", autocomplete: "off", spellcheck: "false",
    input: () => {
      field.setCustomValidity("");
      if (exists(field.value)) show();
    },
  });
  const fill = (/** @type {string} */ address) => {
    field.value = address;
    field.setCustomValidity("");
  };
  /** Another column: the same parameter of it, if it has that. @param {string} owner */
  const choose = (owner) => {
    const { parameters } = laneOwners(session, table).find((one) => one.owner === owner) ?? { parameters: [] };
    const key = parameter.value.slice(parameter.value.indexOf("/", parameter.value.indexOf("/") + 1));
    const next = [`${owner}${key}`, `${owner}/fader`].find((wanted) => parameters.some(({ address }) => address === wanted)) ?? parameters[0]?.address ?? "";
    fill(next);
    show();
  };
  /** The names as they are now, and what the field says, if it is one of them. */
  const show = () => {
    const owners = laneOwners(session, table);
    const found = owners.find(({ parameters }) => parameters.some(({ address }) => address === field.value));
    const chosen = found ?? owners.find(({ owner }) => owner === column.value) ?? owners[0];
    column.replaceChildren(...owners.map(({ owner, name }) => element("option", { value: owner, text: name })));
    const address = found ? field.value : parameter.value;
    parameter.replaceChildren(...(chosen?.parameters ?? []).map((one) => element("option", { value: one.address, text: one.label })));
    if (chosen) column.value = chosen.owner;
    if (chosen?.parameters.some((one) => one.address === address)) parameter.value = address;
  };
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    field.setCustomValidity(exists(field.value) ? "" : "There is no such address; choose a column and a parameter.");
    if (field.reportValidity()) draw(field.value);
  };
  const first = laneOwners(session, table)[0];
  if (first) choose(first.owner);
  for (const event of /** @type {const} */ (["described", "state"])) session.on(event, show);
  return element("form", { class: "lane-choice", submit },
    element("div", { class: "row" }, column, parameter), element("div", { class: "row" }, field, element("button", { class: "button", text: "Draw" })));
}
