// @ts-check
import { Control } from "./component.js";
import { makeSlider, oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { reading, toPosition } from "./law.js";
import { marks } from "./meter-scale.js";
import { makeTypedField, typeInto } from "./typed-field.js";

/** @typedef {import("./wiring.js").Part} Part */

/** A fader with its scale, and the field that shows and takes its level as a number. */
export class Fader extends Control {
  /** Scale and fader, and what is put beside them. */
  way = element("div", { class: "way" });

  /**
   * @param {Part} part whose fader it is
   * @param {string} parameter
   */
  fill(part, parameter) {
    const row = part.rows[parameter];
    const zero = element("i", { class: "zero-line" });
    zero.style.setProperty("--zero", toPosition(row, 0).toFixed(4));
    const body = element("div", { class: "fader" }, zero, element("i", { class: "cap" }));
    const turn = (/** @type {number} */ value) => part.turn(parameter, value);
    const field = makeTypedField({
      row, kind: "level",
      write: (value) => reading(row, value), value: () => slider.value(), onInput: turn, mayTurn: part.mayTurn,
    });
    const slider = makeSlider(body, {
      row, vertical: true, mayTurn: part.mayTurn, onInput: oncePerFrame(turn),
      onHold: (held) => part.hold(parameter, held), onShow: field.show,
    });
    part.named((name) => {
      body.setAttribute("aria-label", `${name} ${row.label}`);
      field.body.setAttribute("aria-label", `${name} ${row.label}, ${row.unit}`);
    });
    if (part.mayTurn) typeInto(body, field.body);
    part.on(parameter, (value) => slider.show(Number(value)));
    this.way.append(makeScale(row), body);
    this.append(this.way, field.body);
    return this;
  }
}

/** @param {import("./law.js").Row} row */
function makeScale(row) {
  const scale = element("div", { class: "scale", "aria-hidden": "true" });
  for (const mark of marks(row)) {
    const label = element("span", { text: String(Math.abs(mark)), class: mark === 0 ? "zero" : "" });
    label.style.setProperty("--at", toPosition(row, mark).toFixed(4));
    scale.append(label);
  }
  return scale;
}

customElements.define("tel-fader", Fader);

/** @param {Part} part @param {string} parameter */
export const makeFader = (part, parameter) => new Fader().fill(part, parameter);
