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
  const sends = auxes.map(({ id, name }) =>
    element("div", { class: "send" }, makeKnob(part, `send/${id}`, { text: name || id }), makeSwitch(part, `send_pre/${id}`, { text: "Pre", kind: "on small" })));
  return makeSection("Sends", [], element("div", { class: "knobs wide two" }, ...sends));
}
