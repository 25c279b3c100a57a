// @ts-check
/** Everything that moves is drawn in one animation frame, and only while it can be seen. */

/** @typedef {(passedS: number) => void} Draw s since the last frame */

/** @type {Set<Draw>} */
const draws = new Set();
/** @type {WeakMap<Element, Draw>} */
const owners = new WeakMap();
/** @type {IntersectionObserver | null} */
let observer = null;
let drawnMs = 0;
let running = false;

/** @param {number} nowMs */
function drawAll(nowMs) {
  const passedS = Math.min(0.1, (nowMs - drawnMs) / 1000);
  drawnMs = nowMs;
  for (const draw of draws) draw(passedS);
  running = draws.size > 0;
  if (running) requestAnimationFrame(drawAll);
}

/**
 * Call on every frame until told to stop.
 * @param {Draw} draw
 * @returns {() => void} stop
 */
export function drawEachFrame(draw) {
  draws.add(draw);
  if (!running) requestAnimationFrame(drawAll);
  running = true;
  return () => draws.delete(draw);
}

/**
 * Call on every frame in which the element is on the screen.
 * @param {Element} body
 * @param {Draw} draw
 */
export function drawWhileSeen(body, draw) {
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const owned = owners.get(target);
      if (owned && isIntersecting) drawEachFrame(owned);
      else if (owned) draws.delete(owned);
    }
  });
  owners.set(body, draw);
  observer.observe(body);
}
