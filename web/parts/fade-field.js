// @ts-check
/** How long a scene's cross-fade lasts: a field that says what is wrong with what is typed, and keeps the last good value. */
import { element } from "./dom.js";
import { typed } from "./law.js";

/** As `scene_recall` in docs/protocol.md has it; a test holds it to the protocol's schema. @type {import("./law.js").Row} */
export const FADE = {
  name: "fade_s", label: "Cross-fade", law: "linear", unit: "s", minimum: 0, maximum: 600, default: 2, allowed: "0 to 600 s",
};

export function makeFadeField() {
  let seconds = Number(FADE.default);
  const said = element("span", { class: "small wrong", role: "status", id: "fade-said" }); // beside it, where there is room: nothing moves
  const field = element("input", {
    class: "button short", type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", value: String(seconds),
    "aria-label": "Cross-fade, seconds", "aria-describedby": "fade-said", title: `Cross-fade: ${FADE.allowed}`,
  });
  /** @param {string} wrong what is wrong; empty for nothing */
  const mark = (wrong) => {
    said.textContent = wrong;
    if (wrong) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  };
  field.addEventListener("input", () => mark(""));
  field.addEventListener("change", () => {
    const next = typed(FADE, field.value, 1); // at 1 s what has no unit is in seconds
    if (next === null) return mark(`It takes ${FADE.allowed}, and stays at ${seconds} s.`);
    seconds = next;
    field.value = String(seconds);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !field.hasAttribute("aria-invalid")) return;
    event.preventDefault(); // the drawer stays open
    field.value = String(seconds);
    mark("");
  });
  const label = element("label", { class: "row dim" }, "Cross-fade over", field, "s");
  return { body: element("div", { class: "row" }, label, said), seconds: () => seconds };
}
