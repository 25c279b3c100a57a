// @ts-check
/** Numbers of gestures: what is turned in one, by `set` or `set_many`, is one step of undo. */

const PAUSE_MS = 700; // as the server takes turns of one address together

let number = 0;
/** @type {unknown} */
let lastKey = null;
let lastMs = Number.NEGATIVE_INFINITY;

/** A gesture of its own. */
export function newGesture() {
  lastKey = null;
  return ++number;
}

/**
 * The gesture that goes on, if the same control is turned again within 0.7 s; else a new one.
 * @param {unknown} key the control
 */
export function gestureOf(key) {
  const nowMs = performance.now();
  if (key !== lastKey || nowMs - lastMs > PAUSE_MS) number++;
  [lastKey, lastMs] = [key, nowMs];
  return number;
}
