// @ts-check
import { Control } from "./component.js";
import { element } from "./dom.js";

/** @typedef {import("./wiring.js").Part} Part */

/** A button that is on or off. */
export class Switch extends Control {
  /**
   * @param {Part} part
   * @param {string} parameter
   * @param {{text?: string, kind?: string}} [look] text on the button; the parameter's label if there is none
   */
  fill(part, parameter, { text = part.rows[parameter].label, kind = "on" } = {}) {
    const button = element("button", {
      type: "button", disabled: part.mayTurn ? undefined : "", class: `switch ${kind}`.trim(), text, "aria-pressed": "false",
      click: () => part.turn(parameter, button.getAttribute("aria-pressed") !== "true"),
    });
    part.named((owner) => {
      const name = `${owner} ${part.rows[parameter].label}`;
      // who says what stands on a button must reach it: the words are part of its name
      const label = text.length === 1 || name.toLowerCase().includes(text.toLowerCase()) ? name : `${name}: ${text}`;
      button.setAttribute("aria-label", label);
      button.title = label;
    });
    part.on(parameter, (on) => button.setAttribute("aria-pressed", String(on === true)));
    this.append(button);
    return this;
  }
}

customElements.define("tel-switch", Switch);

/** @param {Part} part @param {string} parameter @param {{text: string, kind?: string}} look */
export const makeSwitch = (part, parameter, look) => new Switch().fill(part, parameter, look);
