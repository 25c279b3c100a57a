// @ts-check
/**
 * What all sliders share: pointer, keys, wheel and ARIA. A drag is relative, so that touching a fader never makes it
 * jump; Shift makes it ten times finer; a double click brings the default back.
 */
import { range, reading, spoken, stepped, toPosition, toValue } from "./law.js";

/** @typedef {import("./law.js").Row} Row */

/**
 * @typedef {object} Control
 * @property {(value: number) => void} show a value that came from elsewhere
 * @property {() => number} value
 */

const FINE = 0.1;
const PAGE_STEPS = 6;

/**
 * Make an element a slider.
 * @param {HTMLElement} body gets the role and the custom property `--at`
 * @param {object} options
 * @param {Row} options.row
 * @param {string} options.label for screen readers
 * @param {boolean} [options.vertical]
 * @param {number} [options.value]
 * @param {(value: number) => void} options.onInput while it moves
 * @param {(value: number) => void} [options.onShow] whenever another value is shown
 * @param {(value: number) => string} [options.say]
 * @returns {Control}
 */
export function makeSlider(body, { row, label, vertical = false, value, onInput, onShow, say }) {
  const { minimum, maximum } = range(row);
  let current = value ?? Number(row.default);
  let held = false;
  body.setAttribute("role", "slider");
  body.setAttribute("tabindex", "0");
  body.setAttribute("aria-label", label);
  body.setAttribute("aria-orientation", vertical ? "vertical" : "horizontal");
  body.setAttribute("aria-valuemin", String(minimum));
  body.setAttribute("aria-valuemax", String(maximum));

  /** @param {number} next */
  const show = (next) => {
    current = next;
    body.style.setProperty("--at", toPosition(row, next).toFixed(4));
    body.setAttribute("aria-valuenow", String(Math.round(next * 100) / 100));
    body.setAttribute("aria-valuetext", say ? say(next) : spoken(row, next));
    onShow?.(next);
  };
  /** @param {number} next */
  const turn = (next) => {
    if (next === current) return;
    show(next);
    onInput(next);
  };

  followPointer(body, vertical, {
    begin: () => (held = true),
    end: () => (held = false),
    position: () => toPosition(row, current),
    move: (position) => turn(tidy(row, toValue(row, position))),
  });
  body.addEventListener("dblclick", () => turn(Number(row.default)));
  body.addEventListener("keydown", (event) => {
    const next = keyed(event, row, current);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    turn(tidy(row, next));
  });
  show(current);
  return { show: (next) => held || show(next), value: () => current };
}

/**
 * Values that one can read: a tenth of a dB, a hundredth of the rest.
 * @param {Row} row
 * @param {number} value
 */
function tidy(row, value) {
  if (row.law === "db") return Math.round(value * 10) / 10;
  if (row.law === "log") return Number(value.toPrecision(3));
  const rounded = Math.round(value * 100) / 100;
  return row.name === "pan" && Math.abs(rounded) < 0.02 ? 0 : rounded;
}

/**
 * @param {KeyboardEvent} event
 * @param {Row} row
 * @param {number} value
 * @returns {number | null}
 */
function keyed(event, row, value) {
  const { minimum, maximum } = range(row);
  const step = event.shiftKey ? FINE * 2 : 1;
  switch (event.key) {
    case "ArrowUp":
    case "ArrowRight":
      return stepped(row, value, step);
    case "ArrowDown":
    case "ArrowLeft":
      return stepped(row, value, -step);
    case "PageUp":
      return stepped(row, value, PAGE_STEPS);
    case "PageDown":
      return stepped(row, value, -PAGE_STEPS);
    case "Home":
      return minimum;
    case "End":
      return maximum;
    case "Delete":
    case "Backspace":
      return Number(row.default);
    default:
      return null;
  }
}

/**
 * @param {HTMLElement} body
 * @param {boolean} vertical
 * @param {{begin: () => void, end: () => void, position: () => number, move: (position: number) => void}} hand
 */
function followPointer(body, vertical, hand) {
  let position = 0;
  let last = 0;
  /** @param {PointerEvent} event */
  const place = (event) => (vertical ? -event.clientY : event.clientX);
  body.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    body.setPointerCapture(event.pointerId);
    body.focus({ preventScroll: true });
    position = hand.position();
    last = place(event);
    hand.begin();
  });
  body.addEventListener("pointermove", (event) => {
    if (!body.hasPointerCapture(event.pointerId)) return;
    const way = (vertical ? body.clientHeight : body.clientWidth) - 28;
    const moved = (place(event) - last) / Math.max(40, way);
    last = place(event);
    position = Math.min(1, Math.max(0, position + moved * (event.shiftKey ? FINE : 1)));
    hand.move(position);
  });
  body.addEventListener("pointerup", hand.end);
  body.addEventListener("pointercancel", hand.end);
  body.addEventListener("lostpointercapture", hand.end);
}

/**
 * A function that runs at most once a frame, with the latest value.
 * @param {(value: number) => void} send
 */
export function oncePerFrame(send) {
  let waiting = false;
  let latest = 0;
  return (/** @type {number} */ value) => {
    latest = value;
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      send(latest);
    });
  };
}

export { reading };
