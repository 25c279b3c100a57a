// @ts-check
/** Keys that work everywhere on a page, and the list that tells them. */
import { element } from "./dom.js";

/** @typedef {{keys: string, text: string, when: (event: KeyboardEvent) => boolean, act: (event: KeyboardEvent) => void}} Shortcut */

const TYPING = "input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]";
const TURNING = "[role=slider]"; // where a figure begins a value
const PRESSABLE = "button, a, summary"; // where the space bar has a meaning already
const MORE = [
  ["↑ ↓", "on a fader or knob: one step (with Shift: a fine one)"], ["Page ↑ ↓", "six steps"],
  ["Home, End", "to the ends"], ["0 to 9, Enter", "type a value, with its unit"], ["Delete", "to its default"],
  ["← →, + −", "on the time line: one second, closer and farther"],
  ["Enter", "on the time line or a point of a lane that is drawn: a new point"], ["Tab", "to the next control"],
];

/** @param {KeyboardEvent} event */
const command = (event) => (event.ctrlKey || event.metaKey) && !event.altKey;
/** @param {KeyboardEvent} event @param {string} key */
const plain = (event, key) => !event.ctrlKey && !event.metaKey && !event.altKey && event.key.toLowerCase() === key;

/**
 * @typedef {object} Acts what the page has of them
 * @property {() => void} [toggle] plays or holds
 * @property {() => void} [stop]
 * @property {() => void} [loop]
 * @property {() => void} [undo]
 * @property {() => void} [redo]
 * @property {(index: number) => void} [scene]
 * @property {() => void} [help]
 */

/** @param {Acts} acts @returns {Shortcut[]} */
export function shortcuts({ toggle, stop, loop, undo, redo, scene, help }) {
  /** @type {(Omit<Shortcut, "act"> & {act?: (event: KeyboardEvent) => void})[]} */
  const all = [
    { keys: "Space", text: "play or pause", when: (event) => plain(event, " "), act: toggle },
    { keys: "0", text: "stop and return to the beginning", when: (event) => plain(event, "0"), act: stop },
    { keys: "L", text: "loop on or off", when: (event) => plain(event, "l"), act: loop },
    {
      keys: "Ctrl Shift Z", text: "redo", act: redo,
      when: (event) => command(event) && ((event.shiftKey && event.key.toLowerCase() === "z") || event.key.toLowerCase() === "y"),
    },
    { keys: "Ctrl Z", text: "undo your last change", when: (event) => command(event) && event.key.toLowerCase() === "z", act: undo },
    {
      keys: "1 to 9", text: "recall that scene", when: (event) => !command(event) && !event.altKey && /^[1-9]$/.test(event.key),
      act: scene && ((event) => scene(Number(event.key) - 1)),
    },
    { keys: "?", text: "this list", when: (event) => event.key === "?", act: help },
  ];
  return /** @type {Shortcut[]} */ (all.filter(({ act }) => act));
}

/**
 * What a key means, if anything.
 * @param {Shortcut[]} all
 * @param {KeyboardEvent} event
 * @param {{typing: boolean, pressable: boolean, turning: boolean}} where the focus is
 */
export function found(all, event, { typing, pressable, turning }) {
  if (typing || event.defaultPrevented || (pressable && event.key === " ") || (turning && /^\d$/.test(event.key))) return null;
  return all.find(({ when }) => when(event)) ?? null;
}

/** @param {Shortcut[]} all */
export function listenToKeys(all) {
  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("dialog[open]")) return;
    const where = { typing: Boolean(target?.closest(TYPING)), pressable: Boolean(target?.closest(PRESSABLE)), turning: Boolean(target?.closest(TURNING)) };
    const shortcut = found(all, event, where);
    if (!shortcut) return;
    event.preventDefault();
    shortcut.act(event);
  });
}

/** @param {() => Shortcut[]} all */
export function makeHelp(all) {
  const rows = element("dl", { class: "keys-list" });
  const close = element("button", { class: "button primary", text: "Close", autofocus: "" });
  const dialog = element("dialog", { class: "help", "aria-labelledby": "help-title" },
    element("h2", { text: "Keys", id: "help-title" }), rows, element("form", { method: "dialog" }, close));
  const open = () => {
    const others = MORE.filter(([, text]) => !text.startsWith("on the time line") || document.querySelector(".timeline"));
    const told = [...all().map(({ keys, text }) => [keys, text]), ...others];
    rows.replaceChildren(...told.flatMap(([keys, text]) => [element("dt", {}, element("kbd", { text: keys })), element("dd", { text })]));
    dialog.showModal();
  };
  return { dialog, open };
}

/** Listen to the keys of a page, and tell them at a press. @param {HTMLElement} button @param {Acts} acts */
export function addKeys(button, acts) {
  const help = makeHelp(() => all);
  const all = shortcuts({ ...acts, help: help.open });
  document.body.append(help.dialog);
  button.addEventListener("click", help.open);
  listenToKeys(all);
}
