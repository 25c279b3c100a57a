// @ts-check
/** The field beside a knob or a fader: it shows the value, and takes one that is typed, with or without its unit. */
import { element } from "./dom.js";
import { typed } from "./law.js";

/**
 * Its name for screen readers is up to whoever makes it.
 * @param {object} options
 * @param {import("./law.js").Row} options.row
 * @param {string} options.kind its class
 * @param {(value: number) => string} options.write what stands there
 * @param {() => number} options.value
 * @param {(value: number) => void} options.onInput
 * @param {boolean} [options.reached] whether Tab stops here
 */
export function makeTypedField({ row, kind, write, value, onInput, reached = true }) {
  const body = element("input", {
    class: kind, type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false",
    title: `${row.label}: ${row.allowed}`, tabindex: reached ? undefined : "-1",
  });
  const restore = () => {
    body.value = write(value());
    body.removeAttribute("aria-invalid");
  };
  body.addEventListener("focus", () => body.select());
  body.addEventListener("blur", restore);
  body.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      restore();
      body.blur();
    } else if (event.key === "Enter") {
      const next = typed(row, body.value, value());
      if (next === null) return body.setAttribute("aria-invalid", "true");
      onInput(next);
      restore();
      body.select();
    }
  });
  /** What is being typed stays, right or wrong. @param {number} next */
  const show = (next) => {
    if (document.activeElement === body) return;
    body.value = write(next);
    body.removeAttribute("aria-invalid");
  };
  return { body, show };
}
