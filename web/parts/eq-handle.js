// @ts-check
/** The handle of one band of an EQ: a slider of its gain that also goes sideways, to its frequency. */
import { followWheel, oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { across, down, frequencyAt, WHOLE_DB } from "./eq-scale.js";
import { range, spoken, stepped, tidy } from "./law.js";

/** @typedef {import("./wiring.js").Part} Part */
/** @typedef {{freq: string, gain: string | null, q: string | null, on: string, text: string}} Names of parameters */

const FINE = 0.1;
const PAGE_STEPS = 5; // a tenth of Q's way
const TEXTS = /** @type {Record<string, string>} */ ({ hp: "HP", low: "L", mid1: "1", mid2: "2", high: "H" });

/** @param {string} band @returns {Names} */
export function namesOf(band) {
  const text = TEXTS[band];
  if (band === "hp") return { freq: "hp_freq", gain: null, q: null, on: "hp_on", text };
  return { freq: `eq_${band}_freq`, gain: `eq_${band}_gain`, q: `eq_${band}_q`, on: "eq_on", text };
}

/** The band's name in the parameter table: its frequency's without that word. @param {Part} part @param {string} band */
export function bandLabel(part, band) {
  return part.rows[namesOf(band).freq].label.replace(/ frequency$/, "");
}

/**
 * @param {Part} part
 * @param {string} band
 * @param {(band: string) => void} onChosen
 */
export function makeHandle(part, band, onChosen) {
  const names = namesOf(band);
  const body = element("div", { class: `eq-handle ${band}`, text: names.text, role: "slider", tabindex: "0" });
  part.named((name) => body.setAttribute("aria-label", `${name} ${bandLabel(part, band)}`));
  body.setAttribute("aria-roledescription", "EQ band");
  const { minimum, maximum } = range(part.rows[names.gain ?? names.freq]);
  body.setAttribute("aria-valuemin", String(minimum));
  body.setAttribute("aria-valuemax", String(maximum));
  /** @type {Record<string, number>} */
  const values = {};
  const own = [names.freq, names.gain, names.q].filter((name) => name !== null);
  const show = () => {
    body.style.left = `${across(values[names.freq]) * 100}%`;
    body.style.top = names.gain ? `${down(values[names.gain]) * 100}%` : ""; // a high-pass lies at the bottom
    body.setAttribute("aria-valuenow", String(values[names.gain ?? names.freq]));
    body.setAttribute("aria-valuetext", own.map((name) => said(part, name, values[name])).join(", "));
  };
  for (const name of own) part.on(name, (value) => {
    values[name] = Number(value);
    if (own.every((each) => each in values)) show();
  });
  part.on(names.on, (on) => body.classList.toggle("off", on !== true));
  const senders = Object.fromEntries(own.map((name) => [name, oncePerFrame((value) => part.turn(name, value))]));
  /** @param {string | null} name @param {number} value */
  const turn = (name, value) => {
    if (name === null) return;
    const row = part.rows[name];
    const inside = tidy(row, Math.min(range(row).maximum, Math.max(range(row).minimum, value)));
    if (inside === values[name]) return;
    values[name] = inside;
    show();
    senders[name](inside);
  };
  const reset = () => own.forEach((name) => turn(name, Number(part.rows[name].default)));
  const step = (/** @type {string | null} */ name, /** @type {number} */ steps) => {
    if (name !== null) turn(name, stepped(part.rows[name], values[name], steps));
  };
  body.addEventListener("focus", () => onChosen(band));
  if (!part.mayTurn) {
    body.setAttribute("aria-disabled", "true");
    return { body, band };
  }
  body.addEventListener("dblclick", reset);
  body.addEventListener("keydown", (event) => {
    const fine = event.shiftKey ? 2 * FINE : 1;
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowUp: () => step(names.gain ?? names.freq, fine), ArrowDown: () => step(names.gain ?? names.freq, -fine),
      ArrowRight: () => step(names.freq, fine), ArrowLeft: () => step(names.freq, -fine),
      PageUp: () => step(names.q ?? names.freq, PAGE_STEPS * fine), PageDown: () => step(names.q ?? names.freq, -PAGE_STEPS * fine),
      Home: () => turn(names.gain ?? names.freq, minimum), End: () => turn(names.gain ?? names.freq, maximum),
      Delete: reset, Backspace: reset,
    };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  });
  followWheel(body, (steps) => step(names.q ?? names.freq, steps));
  followDrag(body, (held) => own.forEach((name) => part.hold(name, held)), {
    place: () => [across(values[names.freq]), names.gain ? values[names.gain] : 0],
    move: ([share, gain]) => {
      turn(names.freq, frequencyAt(share));
      turn(names.gain, gain);
    },
  });
  return { body, band };
}

/** @param {Part} part @param {string} name @param {number} value */
function said(part, name, value) {
  return `${name.endsWith("_q") ? "Q " : ""}${spoken(part.rows[name], value)}`;
}

/**
 * @param {HTMLElement} body
 * @param {(held: boolean) => void} hold
 * @param {{place: () => [number, number], move: (place: [number, number]) => void}} hand share of the width, and dB
 */
function followDrag(body, hold, hand) {
  /** @type {[number, number]} */
  let at = [0, 0];
  let [x, y] = [0, 0];
  body.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    body.setPointerCapture(event.pointerId);
    body.focus({ preventScroll: true });
    event.preventDefault();
    at = hand.place();
    [x, y] = [event.clientX, event.clientY];
    hold(true);
  });
  body.addEventListener("pointermove", (event) => {
    if (!body.hasPointerCapture(event.pointerId) || !body.parentElement) return;
    const speed = event.shiftKey ? FINE : 1;
    const { clientWidth, clientHeight } = body.parentElement;
    at[0] = Math.min(1, Math.max(0, at[0] + ((event.clientX - x) / clientWidth) * speed));
    at[1] = Math.min(WHOLE_DB, Math.max(-WHOLE_DB, at[1] - ((event.clientY - y) / clientHeight) * 2 * WHOLE_DB * speed));
    [x, y] = [event.clientX, event.clientY];
    hand.move([at[0], at[1]]);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) body.addEventListener(end, () => hold(false));
}
