// @ts-check
/** One column of the desk: a strip, a group or an aux return. */
import { makeSlider, oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { makeFader } from "./fader.js";
import { reading } from "./law.js";
import { Meter } from "./meter.js";
import { makeSwitch } from "./switch.js";

/** @typedef {import("./law.js").Row} Row */
/** @typedef {(parameter: string, value: number | boolean) => void} Turn */

/**
 * @typedef {object} StripPart
 * @property {HTMLElement} body
 * @property {Record<string, (value: any) => void>} show by parameter name
 * @property {Meter} meter
 */

/**
 * @param {object} options
 * @param {string} options.name
 * @param {string} options.kind what it is, if it is no plain strip
 * @param {string} options.colour #rrggbb or empty
 * @param {Record<string, Row>} options.rows its parameters by name
 * @param {string} options.level name of the fader's parameter
 * @param {Turn} options.turn
 * @returns {StripPart}
 */
export function makeStrip({ name, kind, colour, rows, level, turn }) {
  /** @type {StripPart["show"]} */
  const show = {};
  const body = element("section", { class: kind ? "strip bus" : "strip", "aria-label": name });
  if (colour) body.style.setProperty("--colour", colour);
  const title = element("h2", { class: "name", text: name, title: name });
  if (kind) title.append(element("span", { class: "kind", text: kind }));
  body.append(title);
  body.append(rows.pan ? addPan(rows.pan, name, show, turn) : element("div", { class: "pan" }));
  body.append(addSwitches(body, rows, name, show, turn));
  const fader = makeFader({ row: rows[level], owner: name, onInput: (value) => turn(level, value) });
  show[level] = fader.show;
  const meter = new Meter({ reduction: "comp_on" in rows });
  body.append(element("div", { class: "way" }, fader.scale, fader.body, meter.body), fader.field);
  return { body, show, meter };
}

/**
 * @param {Row} row
 * @param {string} name
 * @param {StripPart["show"]} show
 * @param {Turn} turn
 */
function addPan(row, name, show, turn) {
  const readout = element("output", {});
  const body = element("div", { class: "slider centred" }, element("i", { class: "fill" }), element("i", { class: "cap" }));
  const slider = makeSlider(body, {
    row, label: `${name} ${row.label}`, onInput: oncePerFrame((value) => turn("pan", value)),
    onShow: (value) => (readout.textContent = reading(row, value)),
  });
  show.pan = slider.show;
  return element("div", { class: "pan" }, body, readout);
}

/**
 * @param {HTMLElement} body
 * @param {Record<string, Row>} rows
 * @param {string} name
 * @param {StripPart["show"]} show
 * @param {Turn} turn
 */
function addSwitches(body, rows, name, show, turn) {
  const group = element("div", { class: "switches" });
  for (const parameter of ["mute", "solo"]) {
    const row = rows[parameter];
    if (!row) continue;
    const text = row.label.slice(0, 1);
    const onInput = (/** @type {boolean} */ on) => turn(parameter, on);
    const button = makeSwitch({ text, label: `${name} ${row.label}`, kind: parameter, onInput });
    show[parameter] = (on) => {
      button.show(on);
      if (parameter === "mute") body.classList.toggle("silent", on);
    };
    group.append(button.body);
  }
  return group;
}
