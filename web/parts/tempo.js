// @ts-check
/** The session's tempo, which delays and beats go by: a field beside the clock. */
import { element } from "./dom.js";
import { reading } from "./law.js";
import { makeTypedField } from "./typed-field.js";

/** @param {import("./wiring.js").Part} part the session's own */
export function makeTempo(part) {
  const row = part.rows.tempo;
  const value = () => Number(part.value("tempo"));
  const field = makeTypedField({
    row, kind: "typed tempo", mayTurn: part.mayTurn,
    write: (next) => reading(row, next), value, onInput: (next) => part.turn("tempo", next),
  });
  field.body.setAttribute("aria-label", `${row.label}, ${row.unit}`);
  part.on("tempo", () => field.show(value()));
  return element("label", { class: "tempo-row" }, field.body, element("span", { class: "dim small", text: row.unit, "aria-hidden": "true" }));
}
