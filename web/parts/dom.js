// @ts-check
/**
 * Make an element. Attributes with a function are listeners, `text` is its text, the rest are attributes.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name === "text") made.textContent = value;
    else if (value !== undefined && value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/**
 * Make an element of a drawing.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} [attributes]
 * @param {SVGElement[]} children
 * @returns {SVGElementTagNameMap[Tag]}
 */
export function drawn(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * A drawing of 16 by 16 from one path.
 * @param {string} path
 */
export function icon(path) {
  return drawn("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, drawn("path", { d: path }));
}

/**
 * An element that the page is known to have.
 * @param {string} id
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * A colour of the tokens, for canvases.
 * @param {string} name
 */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const CONTROLS = "button, input, select, a[href]";

/**
 * Put other rows into a list; those that stay are not touched, so that a press on one of them is not lost. A focus that
 * was in the list stays at its place, or as near to it as can be.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows
 */
export function replaceRows(list, rows) {
  const controls = () => /** @type {HTMLElement[]} */ ([...list.querySelectorAll(CONTROLS)]);
  const at = controls().findIndex((control) => control === document.activeElement);
  for (const row of [...list.children]) if (!rows.includes(/** @type {HTMLElement} */ (row))) row.remove();
  rows.forEach((row, n) => list.children[n] !== row && list.insertBefore(row, list.children[n] ?? null));
  if (at < 0 || list.contains(document.activeElement)) return;
  const left = controls();
  const next = left[Math.min(at, left.length - 1)] ?? list.closest("[popover]")?.querySelector(CONTROLS);
  if (next instanceof HTMLElement) next.focus();
}
