// @ts-check
/** Play, stop, loop and the clock. */
import { element, icon } from "./dom.js";
import { drawEachFrame } from "./frames.js";

/** @typedef {import("../../client/session.js").Session} Session */

const ICONS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  stop: "M3.5 3.5h9v9h-9z",
  loop: "M5 4h6a4 4 0 0 1 0 8H7v2L3.5 11 7 8v2h4a2 2 0 0 0 0-4H5a2 2 0 0 0-2 2H1a4 4 0 0 1 4-4z",
  from: "M4 2h2v12H4zM8 7h6v2H8z",
  to: "M10 2h2v12h-2zM2 7h6v2H2z",
};

export const ONLY_LISTENS = "You only listen: performers and controllers turn what you see.";

/** @param {number} seconds */
export function clockText(seconds) {
  const tenths = Math.floor(seconds * 10 + 1e-6);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
}

/**
 * @param {HTMLElement} place
 * @param {Session} session
 * @param {(command: import("../../client/types.js").Command) => void} send
 * @param {HTMLElement[]} beside the clock
 * @returns {{toggle: () => void, loop: () => void}} what keys may do too
 */
export function makeTransport(place, session, send, ...beside) {
  const clock = element("output", { class: "clock", text: "0:00.0", "aria-live": "off", "aria-label": "Position heard" });
  const loopState = () => session.state.transport.loop;
  const toggle = () => send({ type: session.state.transport.playing ? "pause" : "play" });
  const toggleLoop = () => send(loopCommand(!loopState().on, loopState(), session.state.duration_s));
  const keys = {
    play: key("play", "Play", toggle),
    stop: key("stop", "Stop and return to the beginning", () => send({ type: "stop" })),
    loop: key("loop", "Loop", toggleLoop),
    from: key("from", "Loop from here", () => send({ type: "loop", on: loopState().on, ...ends(session, "from") })),
    to: key("to", "Loop up to here", () => send({ type: "loop", on: loopState().on, ...ends(session, "to") })),
  };
  const isListener = session.role === "listener";
  const hands = isListener ? element("span", { class: "dim", text: "You only listen", title: ONLY_LISTENS }) : element("div", { class: "keys" }, ...Object.values(keys));
  place.replaceChildren(hands, clock, ...beside);

  const showTransport = () => {
    const { playing, loop } = session.state.transport;
    keys.play.replaceChildren(icon(playing ? ICONS.pause : ICONS.play));
    keys.play.setAttribute("aria-pressed", String(playing));
    keys.play.setAttribute("aria-label", playing ? "Pause" : "Play");
    keys.loop.setAttribute("aria-pressed", String(loop.on));
    const back = `Stop and return to the ${loop.on && loop.end_s > loop.start_s ? "loop's beginning" : "beginning"}`;
    keys.stop.title = back;
    keys.stop.setAttribute("aria-label", back);
  };
  const digits = document.createTextNode("");
  clock.replaceChildren(digits);
  const tick = () => {
    const text = clockText(session.position);
    if (digits.data !== text) digits.data = text;
  };
  session.on("transport", showTransport);
  session.on("state", showTransport);
  showTransport();
  tick();
  drawEachFrame(tick);
  return { toggle, loop: toggleLoop };
}

/**
 * @param {keyof typeof ICONS} name
 * @param {string} label
 * @param {() => void} click
 */
function key(name, label, click) {
  const made = element("button", { type: "button", class: `key ${name}`, "aria-label": label, title: label, click });
  made.append(icon(ICONS[name]));
  return made;
}

/**
 * @param {boolean} on
 * @param {{start_s: number, end_s: number}} loop
 * @param {number} durationS
 * @returns {import("../../client/types.js").Command}
 */
function loopCommand(on, loop, durationS) {
  const whole = loop.end_s > loop.start_s ? {} : { start_s: 0, end_s: Math.max(1, durationS) };
  return { type: "loop", on, ...whole };
}

/**
 * The loop's ends when one of them is put to where we are.
 * @param {Session} session
 * @param {"from" | "to"} end
 */
function ends(session, end) {
  const { duration_s, transport } = session.state;
  const here = Math.round(session.position * 1000) / 1000;
  const { start_s, end_s } = transport.loop;
  if (end === "from") return { start_s: here, end_s: end_s > here ? end_s : Math.max(duration_s, here + 1) };
  return { start_s: start_s < here ? start_s : 0, end_s: Math.max(here, 0.1) };
}
