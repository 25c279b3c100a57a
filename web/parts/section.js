// @ts-check
import { element } from "./dom.js";

/**
 * A part of a strip's panel, under its heading.
 * @param {string} title
 * @param {Node[]} beside the title
 * @param {Node[]} children
 */
export function makeSection(title, beside, ...children) {
  const head = element("div", { class: "section-head" }, element("h3", { text: title }), ...beside);
  return element("div", { class: "section" }, head, ...children);
}

/**
 * On a telephone a panel covers the page; this says whose it is, and closes it.
 * @param {string} name
 * @param {() => void} close
 */
export function makeSheetHead(name, close) {
  const done = element("button", { type: "button", class: "button", text: "Done", "aria-label": `Done with ${name}`, click: close });
  return element("div", { class: "sheet-head" }, element("span", { class: "sheet-name", text: name }), done);
}
