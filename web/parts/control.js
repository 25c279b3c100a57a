// @ts-check
/**
 * What all sliders share: pointer, keys, wheel and ARIA. A drag is relative, so that touching a fader never makes it
 * jump; Shift makes it ten times finer; a double click brings the default back. Each finger holds its own control.
 */
import { range, spoken, stepped, tidy, toPosition, toValue } from "./law.js";

/** @typedef {import("./law.js").Row} Row */

/**
 * @typedef {object} Control
 * @property {(value: number) => void} show a value that came from elsewhere; while a hand holds the control it is let be
 * @property {() => number} value
 */

const FINE = 0.1;
const PAGE_STEPS = 6;
const WHEEL_STEP_PX = 40; // of deltaY for one step; a mouse's notch is 100 to 120

/**
 * Make an element a slider.
 * @param {HTMLElement} body gets the role and the custom property `--at`
 * @param {object} options
 * @param {Row} options.row
 * @param {string} [options.label] for screen readers; if absent, whoever makes it names it
 * @param {boolean} [options.vertical]
 * @param {number} [options.value]
 * @param {number} [options.wayPx] how far a drag goes from end to end; the element's own length if absent
 * @param {(value: number) => void} options.onInput while it moves
 * @param {(value: number) => void} [options.onShow] whenever another value is shown
 * @param {(held: boolean) => void} [options.onHold] a hand takes it or lets it go
 * @param {(value: number) => string} [options.say]
 * @param {boolean} [options.mayTurn] otherwise it only shows
 * @returns {Control}
 */
export function makeSlider(body, { row, label, vertical = false, value, wayPx, onInput, onShow, onHold, say, mayTurn = true }) {
  const { minimum, maximum } = range(row);
  let current = value ?? Number(row.default);
  let held = false;
  body.setAttribute("role", "slider");
  body.setAttribute("tabindex", "0");
  if (label) body.setAttribute("aria-label", label);
  body.setAttribute("aria-orientation", vertical ? "vertical" : "horizontal");
  body.setAttribute("aria-valuemin", String(minimum));
  body.setAttribute("aria-valuemax", String(maximum));

  /** @param {number} next */
  const show = (next) => {
    current = next;
    body.style.setProperty("--at", toPosition(row, next).toFixed(4));
    body.setAttribute("aria-valuenow", String(Number(next.toPrecision(4))));
    body.setAttribute("aria-valuetext", say ? say(next) : spoken(row, next));
    onShow?.(next);
  };
  /** @param {number} next */
  const turn = (next) => {
    if (next === current) return;
    show(next);
    onInput(next);
  };
  /** @param {boolean} now */
  const hold = (now) => {
    if (held === now) return;
    held = now;
    body.classList.toggle("held", now);
    onHold?.(now);
  };
  show(current);
  const control = { show: (/** @type {number} */ next) => held || show(next), value: () => current };
  if (!mayTurn) {
    body.setAttribute("aria-disabled", "true");
    return control;
  }
  const length = () => wayPx ?? (vertical ? body.clientHeight : body.clientWidth) - 28;
  followPointer(body, (event) => (vertical ? -event.clientY : event.clientX), length, {
    hold,
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
  followWheel(body, (steps) => turn(tidy(row, stepped(row, current, steps))));
  return control;
}

/**
 * @param {KeyboardEvent} event
 * @param {Row} row
 * @param {number} value
 * @returns {number | null}
 */
export function keyed(event, row, value) {
  const { minimum, maximum } = range(row);
  const step = event.shiftKey ? FINE * 2 : 1;
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
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
 * The wheel turns what has the focus, and scrolls over everything else.
 * @param {HTMLElement} body
 * @param {(steps: number) => void} turn
 */
export function followWheel(body, turn) {
  let left = 0;
  body.addEventListener("wheel", (event) => {
    if (document.activeElement !== body || event.ctrlKey) return;
    event.preventDefault();
    left -= event.deltaY || event.deltaX; // with Shift, browsers turn the wheel sideways
    const steps = Math.trunc(left / WHEEL_STEP_PX);
    left -= steps * WHEEL_STEP_PX;
    if (steps !== 0) turn(Math.sign(steps) * (event.shiftKey ? FINE * 2 : 1));
  }, { passive: false });
}

/**
 * @param {HTMLElement} body
 * @param {(event: PointerEvent) => number} place along the way, px
 * @param {() => number} length of the way, px
 * @param {{hold: (held: boolean) => void, position: () => number, move: (position: number) => void}} hand
 */
function followPointer(body, place, length, hand) {
  let position = 0;
  let last = 0;
  body.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    body.setPointerCapture(event.pointerId);
    body.focus({ preventScroll: true });
    position = hand.position();
    last = place(event);
    hand.hold(true);
  });
  body.addEventListener("pointermove", (event) => {
    if (!body.hasPointerCapture(event.pointerId)) return;
    const moved = (place(event) - last) / Math.max(40, length());
    last = place(event);
    position = Math.min(1, Math.max(0, position + moved * (event.shiftKey ? FINE : 1)));
    if (moved !== 0) hand.move(position);
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    body.addEventListener(end, () => hand.hold(false));
  }
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
