// @ts-check
/** The controls of one OSC message of a Csound piece: a slider and a field for each number, a button without any. */
import { makeSlider, oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { makeTypedField } from "./typed-field.js";

/** @typedef {import("../../client/protocol.js").OrchestraControl} Control */
/** @typedef {import("../../client/protocol.js").OrchestraArgument} Argument */
/** @typedef {import("./law.js").Row} Row */

const OWN_MS = 2000; // so long after a hand's move what the server last knew may be older than that move

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
 * @returns {{body: HTMLElement, show: (told: number[] | undefined) => void}} show: what the piece was told last, undefined if nothing
 */
export function makeOrchestraControl(control, put) {
  const list = control.arguments ?? [];
  const defaults = list.map((argument) => argument.default ?? argument.minimum ?? 0);
  const values = [...defaults];
  let movedMs = -Infinity;
  const send = () => put([control.host, control.address, ...list.flatMap(({ type = "f" }, n) => [type, values[n]])]);
  if (list.length === 0) {
    const press = element("button", { type: "button", class: "button", text: control.label, click: send });
    return { body: element("div", { class: "told trigger" }, press), show: () => {} };
  }
  const rows = list.map((argument, n) => {
    const label = list.length === 1 ? control.label : `${control.label} ${argument.name}`;
    return makeRow(rowOf(label, argument), values[n], (value) => {
      values[n] = value;
      movedMs = performance.now();
      send();
    });
  });
  const show = (/** @type {number[] | undefined} */ told) => {
    if (performance.now() - movedMs < OWN_MS) return;
    for (const [n, value] of (told?.length === values.length ? told : defaults).entries()) {
      if (value !== values[n]) rows[n].show(values[n] = value);
    }
  };
  return { body: element("div", { class: "told" }, ...rows.map(({ body }) => body)), show };
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
  const name = element("span", { class: "name", text: row.label, "aria-hidden": "true" });
  return { body: element("div", { class: "line" }, name, body, field.body), show: slider.show };
}
