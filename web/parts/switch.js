// @ts-check
import { element } from "./dom.js";

/**
 * A button that is on or off.
 * @param {object} options
 * @param {string} options.text
 * @param {string} options.label for screen readers
 * @param {string} options.kind its class
 * @param {(on: boolean) => void} options.onInput
 */
export function makeSwitch({ text, label, kind, onInput }) {
  const body = element("button", {
    type: "button", class: `switch ${kind}`, text, "aria-label": label, title: label, "aria-pressed": "false",
    click: () => {
      show(body.getAttribute("aria-pressed") !== "true");
      onInput(body.getAttribute("aria-pressed") === "true");
    },
  });
  const show = (/** @type {boolean} */ on) => body.setAttribute("aria-pressed", String(on));
  return { body, show };
}
