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
 * @param {import("./wiring.js").Part} part
 * @param {() => void} close
 */
export function makeSheetHead(part, close) {
  const done = element("button", { type: "button", class: "button", text: "Done", click: close });
  const written = element("span", { class: "sheet-name" });
  part.named((name) => {
    written.textContent = name;
    done.setAttribute("aria-label", `Done with ${name}`);
  });
  return element("div", { class: "sheet-head" }, written, done);
}
