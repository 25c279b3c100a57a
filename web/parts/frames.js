// @ts-check
/**
 * Everything that moves is drawn in one animation frame, and only while it can be seen. While frames come late, what
 * is merely looked at is drawn in every other one: half as often is better than late, and the time that is saved goes
 * to the threads of the sound, which share the machine.
 */

/** @typedef {(passedS: number) => void} Draw s since it was called the last time, at most 0.1 */

const LATE_MS = 25; // one and a half periods of 60 Hz
const MEMORY = 0.05; // of a frame in the share of late ones: about a third of a second
const HARD_PRESSED = 0.2; // share of late frames from which on we spare, and below which we cease to
const AT_EASE = 0.02;

/** @type {Map<Draw, number>} when each was called last, ms */
const always = new Map();
/** @type {Map<Draw, number>} those of elements that are on the screen */
const seen = new Map();
/** @type {WeakMap<Element, Draw>} */
const owners = new WeakMap();
/** @type {IntersectionObserver | null} */
let observer = null;
let frame = 0;
let lastMs = 0;
let lateShare = 0;
let sparing = false;
let running = false;

/** Whether some things are drawn in every other frame now. */
export const isSparing = () => sparing;

/** @param {number} nowMs */
function drawAll(nowMs) {
  judge(nowMs - lastMs);
  lastMs = nowMs;
  frame++;
  for (const draw of always.keys()) call(always, draw, nowMs);
  let turn = frame;
  for (const draw of seen.keys()) {
    if (!sparing || turn++ % 2 === 0) call(seen, draw, nowMs);
  }
  running = always.size + seen.size > 0;
  if (running) requestAnimationFrame(drawAll);
}

/** @param {number} periodMs */
function judge(periodMs) {
  lateShare += ((periodMs > LATE_MS ? 1 : 0) - lateShare) * MEMORY;
  sparing = lateShare > (sparing ? AT_EASE : HARD_PRESSED);
}

/** @param {Map<Draw, number>} draws @param {Draw} draw @param {number} nowMs */
function call(draws, draw, nowMs) {
  const passedS = Math.min(0.1, Math.max(0, nowMs - (draws.get(draw) ?? nowMs)) / 1000); // a frame is stamped when it began
  draws.set(draw, nowMs);
  draw(passedS);
}

/** @param {Map<Draw, number>} draws @param {Draw} draw */
function begin(draws, draw) {
  if (draws.has(draw)) return;
  draws.set(draw, performance.now());
  if (running) return;
  running = true;
  lastMs = performance.now();
  requestAnimationFrame(drawAll);
}

/**
 * Call on every frame until told to stop.
 * @param {Draw} draw
 * @returns {() => void} stop
 */
export function drawEachFrame(draw) {
  begin(always, draw);
  return () => void always.delete(draw);
}

/**
 * Call on every frame in which the element is on the screen, or on every other one while frames come late.
 * @param {Element} body
 * @param {Draw} draw
 */
export function drawWhileSeen(body, draw) {
  observer ??= new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const owned = owners.get(target);
      if (owned && isIntersecting) begin(seen, owned);
      else if (owned) seen.delete(owned);
    }
  });
  owners.set(body, draw);
  observer.observe(body);
}
