// @ts-check
/** Undo and redo: of our own changes only, as the server keeps them. */
import { element, icon } from "./dom.js";

const ICONS = {
  undo: "M6 3L1.5 7 6 11V8.5h3.5a2.5 2.5 0 0 1 0 5H6V15h3.5a4 4 0 0 0 0-8H6z",
  redo: "M10 3l4.5 4L10 11V8.5H6.5a2.5 2.5 0 0 0 0 5H10V15H6.5a4 4 0 0 1 0-8H10z",
};

/**
 * @param {HTMLElement} place
 * @param {import("../../client/session.js").Session} session
 * @param {(command: import("../../client/types.js").Command) => void} send
 * @param {import("./notice.js").Tell} tell
 * @returns {Record<"undo" | "redo", () => void>} what keys may do too
 */
export function makeHistory(place, session, send, tell) {
  const buttons = { undo: make("undo", "Undo"), redo: make("redo", "Redo") };
  let there = { undo: 0, redo: 0 };
  const act = (/** @type {"undo" | "redo"} */ type) => () => (there[type] > 0 ? send({ type }) : tell(`There is nothing of yours to ${type}.`, { calm: true }));
  const acts = { undo: act("undo"), redo: act("redo") };
  /** @param {{undo: number, redo: number}} steps */
  const show = (steps) => {
    there = steps;
    for (const name of /** @type {const} */ (["undo", "redo"])) {
      // not `disabled`, which would throw the keyboard's focus away
      buttons[name].setAttribute("aria-disabled", String(steps[name] === 0));
      buttons[name].title = `${name === "undo" ? "Undo" : "Redo"} (${steps[name]} of your own steps)`;
    }
  };
  for (const name of /** @type {const} */ (["undo", "redo"])) buttons[name].addEventListener("click", acts[name]);
  place.replaceChildren(buttons.undo, buttons.redo);
  session.on("history", show);
  show({ undo: 0, redo: 0 });
  return acts;
}

/** @param {keyof typeof ICONS} name @param {string} label */
function make(name, label) {
  const button = element("button", { type: "button", class: "key", "aria-label": label });
  button.append(icon(ICONS[name]));
  return button;
}
