// @ts-check
/** The beginning of a strip: gain, polarity, high-pass, and where it goes in the end. */
import { makeNamedChoice } from "./choice.js";
import { element } from "./dom.js";
import { makeKnob } from "./knob.js";
import { makeSection } from "./section.js";
import { makeSwitch } from "./switch.js";

/**
 * @param {import("./wiring.js").Part} part
 * @param {() => [string, string][]} outputs
 * @param {Node} tools
 */
export function makeInputPanel(part, outputs, tools) {
  const switches = element("div", { class: "input-switches" },
    makeSwitch(part, "polarity", { text: "Ø", kind: "on" }), makeSwitch(part, "hp_on", { text: "High-pass", kind: "on" }));
  const row = element("div", { class: "input-row" },
    makeKnob(part, "input_gain", { text: "Gain" }), switches, makeKnob(part, "hp_freq", { text: "High-pass" }), makeNamedChoice(part, "output", outputs));
  return makeSection("Input", [tools], row);
}
