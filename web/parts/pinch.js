// @ts-check
/** Two fingers on an element: by how much they part, and where their middle is. */

const LEAST_PX = 16; // fingers that are closer count as this far apart

/**
 * @param {HTMLElement} body
 * @param {(factor: number, middlePx: number, movedPx: number) => void} onPinch above 1: they part; middle in the page's coordinates
 * @returns {() => boolean} whether the touch that is under way, or ended last, was one of two fingers
 */
export function followPinch(body, onPinch) {
  /** @type {Map<number, [number, number]>} */
  const fingers = new Map();
  let pinched = false;
  let last = { distance: LEAST_PX, middle: 0 };
  const measure = () => {
    const [[x1, y1], [x2, y2]] = [...fingers.values()];
    return { distance: Math.max(LEAST_PX, Math.hypot(x1 - x2, y1 - y2)), middle: (x1 + x2) / 2 };
  };
  body.addEventListener("pointerdown", ({ pointerId, clientX, clientY }) => {
    if (fingers.size === 0) pinched = false;
    if (fingers.size < 2) fingers.set(pointerId, [clientX, clientY]);
    if (fingers.size < 2) return;
    pinched = true;
    last = measure();
  });
  body.addEventListener("pointermove", ({ pointerId, clientX, clientY }) => {
    if (!fingers.has(pointerId)) return;
    fingers.set(pointerId, [clientX, clientY]);
    if (fingers.size < 2) return;
    const now = measure();
    onPinch(now.distance / last.distance, now.middle, now.middle - last.middle);
    last = now;
  });
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    body.addEventListener(end, (event) => void fingers.delete(/** @type {PointerEvent} */ (event).pointerId));
  }
  return () => pinched;
}
