// @ts-check
import { Control } from "./component.js";
import { makeSlider, oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { reading } from "./law.js";

/** @typedef {import("./wiring.js").Part} Part */

/** A slider that lies, filled from its middle, with its value below: a pan. */
export class Slider extends Control {
  /**
   * @param {Part} part
   * @param {string} parameter
   */
  fill(part, parameter) {
    const row = part.rows[parameter];
    const readout = element("output", {});
    const body = element("div", { class: "slider centred" }, element("i", { class: "fill" }), element("i", { class: "cap" }));
    const slider = makeSlider(body, {
      row, mayTurn: part.mayTurn, onInput: oncePerFrame((value) => part.turn(parameter, value)),
      onHold: (held) => part.hold(parameter, held), onShow: (value) => (readout.textContent = reading(row, value)),
    });
    part.named((name) => body.setAttribute("aria-label", `${name} ${row.label}`));
    part.on(parameter, (value) => slider.show(Number(value)));
    this.append(body, readout);
    return this;
  }
}

customElements.define("tel-slider", Slider);

/** @param {Part} part @param {string} parameter */
export const makePan = (part, parameter) => new Slider().fill(part, parameter);
