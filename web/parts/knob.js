// @ts-check
/**
 * A knob: drag up and down (Shift: fine), arrows, page keys, Home, End, wheel while it has the focus, double click for
 * the default, or type a value; its unit may be written with it.
 */
import { Control } from "./component.js";
import { makeSlider, oncePerFrame } from "./control.js";
import { drawn, element } from "./dom.js";
import { display, range, toPosition } from "./law.js";
import { makeTypedField, typeInto } from "./typed-field.js";

/** @typedef {import("./wiring.js").Part} Part */

const WAY_PX = 180; // of a drag from end to end
const RADIUS = 19;
const SWEEP = 270; // degrees

/** @param {number} degrees from straight up, clockwise */
function onCircle(degrees) {
  const angle = ((degrees - 90) * Math.PI) / 180;
  return `${(24 + RADIUS * Math.cos(angle)).toFixed(2)} ${(24 + RADIUS * Math.sin(angle)).toFixed(2)}`;
}

const ARC = `M ${onCircle(-SWEEP / 2)} A ${RADIUS} ${RADIUS} 0 1 1 ${onCircle(SWEEP / 2)}`;

/** @param {string} kind @param {string} path */
function stroke(kind, path) {
  return drawn("path", { class: kind, d: path, pathLength: "1" });
}

/** Where the arc begins: at zero where there is one within, else at the lower end. @param {import("./law.js").Row} row */
function originOf(row) {
  const { minimum, maximum } = range(row);
  return minimum < 0 && maximum > 0 && row.law !== "log" && minimum > -100 ? toPosition(row, 0) : 0;
}

function makeDial() {
  const value = stroke("value", ARC);
  const face = stroke("face", "M24 24 m-13.5 0 a13.5 13.5 0 1 0 27 0 a13.5 13.5 0 1 0 -27 0");
  const svg = drawn("svg", { viewBox: "0 0 48 48", "aria-hidden": "true" }, stroke("track", ARC), value, face, stroke("pointer", "M24 18.5V12"));
  return { svg, value };
}

export class Knob extends Control {
  /**
   * @param {Part} part
   * @param {string} parameter
   * @param {{text?: string, kind?: string}} [look] text: a short label for those who see it
   */
  fill(part, parameter, { text, kind = "" } = {}) {
    const row = part.rows[parameter];
    const origin = originOf(row);
    const { svg, value: arc } = makeDial();
    const dial = element("div", { class: "dial", title: `${row.label}: ${row.allowed}` });
    dial.append(svg);
    const turn = (/** @type {number} */ value) => part.turn(parameter, value);
    const field = makeTypedField({
      row, kind: "typed", reached: false,
      write: (value) => display(row, value), value: () => slider.value(), onInput: turn, mayTurn: part.mayTurn,
    });
    const slider = makeSlider(dial, {
      row, vertical: true, wayPx: WAY_PX, mayTurn: part.mayTurn, onInput: oncePerFrame(turn),
      onHold: (held) => part.hold(parameter, held),
      onShow: (value) => {
        const at = toPosition(row, value);
        const [from, to] = [Math.min(origin, at), Math.max(origin, at)];
        arc.setAttribute("stroke-dasharray", `0 ${from.toFixed(4)} ${(to - from).toFixed(4)} 2`);
        field.show(value);
      },
    });
    part.named((name) => {
      dial.setAttribute("aria-label", `${name} ${row.label}`);
      field.body.setAttribute("aria-label", `${name} ${row.label}, typed`);
    });
    if (part.mayTurn) typeInto(dial, field.body);
    part.on(parameter, (value) => slider.show(Number(value)));
    const caption = element("span", { class: "caption", text: text ?? row.label, "aria-hidden": "true" });
    this.className = `knob ${kind}`.trim();
    this.append(dial, caption, field.body);
    return this;
  }
}

customElements.define("tel-knob", Knob);

/** @param {Part} part @param {string} parameter @param {{text?: string, kind?: string}} [look] */
export const makeKnob = (part, parameter, look) => new Knob().fill(part, parameter, look);
