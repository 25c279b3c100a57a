// @ts-check
/** What a strip sends to the auxes: a knob each, and whether it is taken before the fader. */
import { element } from "./dom.js";
import { makeKnob } from "./knob.js";
import { makeSection } from "./section.js";
import { makeSwitch } from "./switch.js";

/**
 * @param {import("./wiring.js").Part} part
 * @param {{id: string, name: string}[]} auxes
 */
export function makeSendsPanel(part, auxes) {
  const sends = auxes.map((aux) => {
    const knob = makeKnob(part, `send/${aux.id}`);
    const caption = /** @type {HTMLElement} */ (knob.querySelector(".caption"));
    part.named(() => (caption.textContent = aux.name || aux.id));
    return element("div", { class: "send" }, knob, makeSwitch(part, `send_pre/${aux.id}`, { text: "Pre", kind: "on small" }));
  });
  return makeSection("Sends", [], element("div", { class: "knobs wide two" }, ...sends));
}
