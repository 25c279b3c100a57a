// @ts-check
/** What the page has to say: over the time line, so that nothing moves under a hand; gone by itself unless it lasts. */
import { element } from "./dom.js";

const CALM_MS = 4000;
const WRONG_MS = 10_000; // long enough to be read twice
const WORD_MS = 60; // more for each word that there is to read

/**
 * @typedef {object} Manner
 * @property {boolean} [calm] nothing is wrong
 * @property {boolean} [lasting] it stays until something else is told
 * @property {[string, () => void]} [action] what one can do, which lasts
 */

/** @typedef {(text: string, manner?: Manner) => void} Tell */

/**
 * @param {HTMLElement} place
 * @returns {Tell} an empty text takes away what is told
 */
export function makeNotice(place) {
  const close = element("button", { type: "button", class: "quiet dismiss", text: "×", "aria-label": "Dismiss", click: () => tell("") });
  let timer = 0;
  /** @param {string} text @param {Manner} [manner] */
  const tell = (text, { calm = false, lasting = false, action } = {}) => {
    clearTimeout(timer);
    place.hidden = text === "";
    place.classList.toggle("calm", calm);
    place.replaceChildren(text);
    if (text === "") return;
    if (action) place.append(" ", element("button", { type: "button", class: "button", text: action[0], click: action[1] }));
    if (action || lasting) return;
    place.append(close);
    timer = window.setTimeout(() => tell(""), (calm ? CALM_MS : WRONG_MS) + WORD_MS * text.split(" ").length);
  };
  return tell;
}
