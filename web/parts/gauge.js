// @ts-check
import { element } from "./dom.js";

/**
 * A bar that lies, with its name and its figure.
 * @param {string} label
 * @param {boolean} centred
 */
export function makeGauge(label, centred) {
  const value = element("span", {});
  const bar = element("i", {});
  const track = element("div", { class: centred ? "track centred" : "track", "aria-hidden": "true" }, bar);
  const body = element("div", { class: "gauge" }, element("span", { text: label }), value, track);
  let shown = "";
  /** @param {string} text @param {number} from @param {number} width */
  const show = (text, from, width) => {
    if (text === shown) return;
    value.textContent = shown = text;
    bar.style.left = `${from * 100}%`;
    bar.style.width = `${width * 100}%`;
  };
  show("–", 0, 0);
  return { body, bar, show };
}
