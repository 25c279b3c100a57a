// @ts-check
/** The controls of one OSC message of a Csound piece: a slider and a field for each number, a button without any. */
import { makeSlider, oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { makeTypedField } from "./typed-field.js";

/** @typedef {import("../../client/protocol.js").OrchestraControl} Control */
/** @typedef {import("../../client/protocol.js").OrchestraArgument} Argument */
/** @typedef {import("./law.js").Row} Row */

/** Four figures, without zeros behind. @param {number} value */
const written = (value) => String(Number(value.toPrecision(4))).replace("-", "−");

/** What sliders need to know. @param {string} label @param {Argument} argument @returns {Row & {whole?: boolean}} */
export function rowOf(label, argument) {
  const { minimum = 0, maximum = 1, law = "linear", whole } = argument;
  const allowed = `${written(minimum)} to ${written(maximum)}${whole ? ", whole" : ""}`;
  return { name: label, label, unit: "", law, default: argument.default ?? minimum, allowed, minimum, maximum, whole };
}

/**
 * @param {Control} control
 * @param {(item: (string | number)[]) => void} put
 */
export function makeOrchestraControl(control, put) {
  const list = control.arguments ?? [];
  const values = list.map((argument) => argument.default ?? argument.minimum ?? 0);
  const send = () => put([control.host, control.address, ...list.flatMap(({ type = "f" }, n) => [type, values[n]])]);
  if (list.length === 0) {
    const press = element("button", { type: "button", class: "button", text: control.label, click: send });
    return element("div", { class: "told trigger" }, press);
  }
  const rows = list.map((argument, n) => {
    const label = list.length === 1 ? control.label : `${control.label} ${argument.name}`;
    return makeRow(rowOf(label, argument), values[n], (value) => {
      values[n] = value;
      send();
    });
  });
  return element("div", { class: "told" }, ...rows);
}

/** @param {Row & {whole?: boolean}} row @param {number} start @param {(value: number) => void} turned */
function makeRow(row, start, turned) {
  const body = element("div", { class: "way", title: `${row.label}: ${row.allowed}` }, element("i", { class: "cap" }));
  const turn = oncePerFrame((value) => turned(row.whole ? Math.round(value) : value));
  const field = makeTypedField({
    row, kind: "typed", write: written, value: () => slider.value(),
    onInput: (value) => {
      const next = row.whole ? Math.round(value) : value;
      slider.show(next);
      turn(next);
    },
  });
  field.body.setAttribute("aria-label", `${row.label}, typed`);
  const slider = makeSlider(body, {
    row, label: row.label, value: start, onInput: turn,
    say: written, onShow: (value) => field.show(row.whole ? Math.round(value) : value),
  });
  return element("div", { class: "line" }, element("span", { class: "name", text: row.label, "aria-hidden": "true" }), body, field.body);
}
