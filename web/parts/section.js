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
