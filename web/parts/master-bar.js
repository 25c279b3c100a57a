// @ts-check
/** The master's fader once more, lying: on a telephone it stays in reach below a panel that covers the page. */
import { makeSlider, oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { reading } from "./law.js";
import { makeTypedField } from "./typed-field.js";

/** @param {import("./wiring.js").Part} part the master's */
export function makeMasterBar(part) {
  const row = part.rows.fader;
  const { mayTurn } = part;
  const turn = (/** @type {number} */ value) => part.turn("fader", value);
  const way = element("div", { class: "slider", "aria-label": `Master ${row.label}` }, element("i", { class: "cap" }));
  const field = makeTypedField({ row, kind: "level", mayTurn, write: (value) => reading(row, value), value: () => slider.value(), onInput: turn });
  field.body.setAttribute("aria-label", `Master ${row.label}, ${row.unit}`);
  const slider = makeSlider(way, { row, mayTurn, onInput: oncePerFrame(turn), onHold: (held) => part.hold("fader", held), onShow: field.show });
  part.on("fader", (value) => slider.show(Number(value)));
  return element("div", { class: "master-bar", role: "group", "aria-label": "Master" }, element("b", { text: "Master" }), way, field.body);
}
