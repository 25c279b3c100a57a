// @ts-check
import { Component, partAt } from "./component.js";
import { makeSlider, oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { gestureOf } from "./gestures.js";
import { display, tidy, toPosition, toValue } from "./law.js";

/** @typedef {import("./wiring.js").Part} Part */

/** A pad: two parameters under one finger. For keys and screen readers there are two sliders on its edges. */
export class Pad extends Component {
  /** @param {import("./component.js").Desk} desk */
  stand(desk) {
    const [x, y] = ["x", "y"].map((axis) => partAt(desk, `${this.address}/${this.getAttribute(axis)}`).parameter);
    this.fill(desk.part(this.address), x, y);
  }

  /**
   * @param {Part} part
   * @param {string} x parameter from left to right
   * @param {string} y parameter from bottom to top
   */
  fill(part, x, y) {
    const dot = element("i", { class: "dot" });
    const surface = element("div", { class: "surface", "aria-hidden": "true" }, dot);
    const readout = element("output", { class: "readout small dim" });
    const sliders = [x, y].map((name, axis) => makeAxis(part, name, axis === 1));
    const pad = element("div", { class: "pad" }, surface, sliders[0].body, sliders[1].body, readout);
    const rows = [part.rows[x], part.rows[y]];
    const at = [0, 0];
    [x, y].forEach((name, axis) => part.on(name, (value) => {
      sliders[axis].show(Number(value));
      at[axis] = toPosition(rows[axis], Number(value));
      dot.style.setProperty(axis === 0 ? "--x" : "--y", at[axis].toFixed(4));
      readout.textContent = rows.map((row, each) => `${row.label} ${display(row, toValue(row, at[each]))}`).join(" · ");
    }));
    const moveX = oncePerFrame((value) => part.turn(x, value, gestureOf(pad)));
    const moveY = oncePerFrame((value) => part.turn(y, value, gestureOf(pad)));
    /** @param {PointerEvent} event */
    const follow = (event) => {
      const { left, bottom, width, height } = surface.getBoundingClientRect();
      moveX(tidy(rows[0], toValue(rows[0], (event.clientX - left) / width)));
      moveY(tidy(rows[1], toValue(rows[1], (bottom - event.clientY) / height)));
    };
    const hold = (/** @type {boolean} */ held) => {
      surface.classList.toggle("held", held);
      for (const name of [x, y]) part.hold(name, held);
    };
    surface.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || !part.mayTurn) return;
      surface.setPointerCapture(event.pointerId);
      hold(true);
      follow(event);
    });
    surface.addEventListener("pointermove", (event) => surface.hasPointerCapture(event.pointerId) && follow(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) surface.addEventListener(end, () => hold(false));
    this.append(pad);
    return this;
  }
}

customElements.define("tel-pad", Pad);

/** @param {Part} part @param {string} x @param {string} y */
export const makePad = (part, x, y) => new Pad().fill(part, x, y);

/** @param {Part} part @param {string} name @param {boolean} vertical */
function makeAxis(part, name, vertical) {
  const row = part.rows[name];
  const body = element("div", { class: vertical ? "axis up" : "axis along" }, element("i", { class: "cap" }));
  const slider = makeSlider(body, {
    row, vertical, mayTurn: part.mayTurn, onInput: oncePerFrame((value) => part.turn(name, value)), onHold: (held) => part.hold(name, held),
  });
  part.named((owner) => body.setAttribute("aria-label", `${owner} pad: ${row.label}`));
  return { body, show: slider.show };
}
