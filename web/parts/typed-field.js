// @ts-check
/** The field beside a knob or a fader: it shows the value, and takes one that is typed, with or without its unit. */
import { element } from "./dom.js";
import { typed } from "./law.js";

const STARTS_TYPING = /^[0-9.,+−-]$/;

/**
 * Its name for screen readers is up to whoever makes it. What it does not take, it tells by an event `refused`.
 * @param {object} options
 * @param {import("./law.js").Row} options.row
 * @param {string} options.kind its class
 * @param {(value: number) => string} options.write what stands there
 * @param {() => number} options.value
 * @param {(value: number) => void} options.onInput
 * @param {boolean} [options.reached] whether Tab stops here
 * @param {boolean} [options.mayTurn] otherwise it only shows
 */
export function makeTypedField({ row, kind, write, value, onInput, reached = true, mayTurn = true }) {
  const body = element("input", {
    class: kind, type: "text", inputmode: "text", autocomplete: "off", spellcheck: "false",
    title: `${row.label}: ${row.allowed}`, tabindex: reached ? undefined : "-1", readonly: mayTurn ? undefined : "",
  });
  let before = "";
  const restore = () => {
    body.value = before = write(value());
    body.removeAttribute("aria-invalid");
  };
  /** Take what was typed, if anything was. @returns {boolean} whether it could be taken */
  const take = () => {
    if (body.value === before) return true;
    const next = typed(row, body.value, value());
    if (next === null) {
      body.dispatchEvent(new CustomEvent("refused", { bubbles: true, detail: `${body.getAttribute("aria-label")?.replace(/, [^,]*$/, "") ?? row.label} cannot be “${body.value.slice(0, 40)}”; allowed: ${row.allowed}` }));
      return false;
    }
    onInput(next);
    return true;
  };
  body.addEventListener("focus", () => {
    before = body.value;
    body.select();
  });
  body.addEventListener("blur", () => {
    take();
    restore();
  });
  body.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      restore();
      body.blur();
    } else if (event.key === "Enter") {
      if (!take()) return body.setAttribute("aria-invalid", "true");
      restore();
      body.select();
    }
  });
  /** What is being typed stays, right or wrong. @param {number} next */
  const show = (next) => {
    if (document.activeElement === body) return;
    body.value = before = write(next);
    body.removeAttribute("aria-invalid");
  };
  return { body, show };
}

/**
 * A value may be typed into a control that has the focus: a figure, or Enter, goes on in its field, and Enter comes back.
 * @param {HTMLElement} control
 * @param {HTMLInputElement} field
 */
export function typeInto(control, field) {
  control.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== "Enter" && !STARTS_TYPING.test(event.key)) return;
    field.focus();
    if (event.key !== "Enter") field.value = event.key;
    event.preventDefault();
    event.stopPropagation();
  });
  field.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" && !field.hasAttribute("aria-invalid")) || event.key === "Escape") control.focus();
  });
}
