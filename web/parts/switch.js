// @ts-check
import { element } from "./dom.js";

/**
 * A button that is on or off.
 * @param {import("./wiring.js").Part} part
 * @param {string} parameter
 * @param {{text: string, kind?: string}} look
 */
export function makeSwitch(part, parameter, { text, kind = "" }) {
  const body = element("button", {
    type: "button", class: `switch ${kind}`.trim(), text, "aria-pressed": "false",
    click: () => part.turn(parameter, body.getAttribute("aria-pressed") !== "true"),
  });
  part.named((owner) => {
    const name = `${owner} ${part.rows[parameter].label}`;
    // who says what stands on a button must reach it: the words are part of its name
    const label = text.length === 1 || name.toLowerCase().includes(text.toLowerCase()) ? name : `${name}: ${text}`;
    body.setAttribute("aria-label", label);
    body.title = label;
  });
  part.on(parameter, (on) => body.setAttribute("aria-pressed", String(on === true)));
  return body;
}
