// @ts-check
/** Going to one of many players on a long page. */
import { element } from "./dom.js";

/** @param {{part: import("./wiring.js").Part, body: HTMLElement}[]} players */
export function makeJump(players) {
  const select = element("select", { class: "choice", "aria-label": "Go to player" }, element("option", { value: "", text: "Player" }));
  players.forEach(({ part, body }, number) => {
    const option = element("option", { value: String(number) });
    part.named((name) => (option.textContent = name));
    body.tabIndex = -1; // so that Tab goes on there
    select.append(option);
  });
  select.addEventListener("change", () => {
    const { body } = players[Number(select.value)];
    select.value = "";
    body.scrollIntoView({ block: "start" });
    body.focus({ preventScroll: true });
  });
  return select;
}
