// @ts-check
/** A fader with its scale, and the field that shows and takes its level as a number. */
import { makeSlider, oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { range, reading, toPosition, typed } from "./law.js";

/** @typedef {import("./law.js").Row} Row */

const MARKS_DB = [12, 6, 0, -5, -10, -20, -30, -40, -60];

/**
 * @param {object} options
 * @param {Row} options.row
 * @param {string} options.owner whose fader it is
 * @param {(value: number) => void} options.onInput at most once a frame
 */
export function makeFader({ row, owner, onInput }) {
  const { minimum, maximum } = range(row);
  const scale = element("div", { class: "scale", "aria-hidden": "true" });
  for (const mark of MARKS_DB.filter((db) => db >= minimum && db <= maximum)) {
    const label = element("span", { text: String(Math.abs(mark)), class: mark === 0 ? "zero" : "" });
    label.style.setProperty("--at", toPosition(row, mark).toFixed(4));
    scale.append(label);
  }
  const zero = element("i", { class: "zero-line" });
  zero.style.setProperty("--zero", toPosition(row, 0).toFixed(4));
  const body = element("div", { class: "fader" }, zero, element("i", { class: "cap" }));
  const field = element("input", {
    class: "level", type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false",
    "aria-label": `${owner} ${row.label}, ${row.unit}`, title: `${row.label}: ${row.allowed}`,
  });
  const send = oncePerFrame(onInput);
  const slider = makeSlider(body, {
    row, label: `${owner} ${row.label}`, vertical: true, onInput: send,
    onShow: (value) => {
      if (document.activeElement === field) return; // what is being typed stays, right or wrong
      field.value = reading(row, value);
      field.removeAttribute("aria-invalid");
    },
  });
  takeTyped(field, row, slider, onInput);
  return { scale, body, field, show: slider.show };
}

/**
 * @param {HTMLInputElement} field
 * @param {Row} row
 * @param {import("./control.js").Control} slider
 * @param {(value: number) => void} onInput
 */
function takeTyped(field, row, slider, onInput) {
  const restore = () => {
    field.value = reading(row, slider.value());
    field.removeAttribute("aria-invalid");
  };
  field.addEventListener("focus", () => field.select());
  field.addEventListener("blur", restore);
  field.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") {
      restore();
      field.blur();
    } else if (event.key === "Enter") {
      const value = typed(row, field.value);
      if (value === null) return field.setAttribute("aria-invalid", "true");
      slider.show(value);
      onInput(value);
      restore();
      field.select();
    }
  });
}
