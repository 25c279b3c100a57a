// @ts-check
/** The tokens' colours for canvases, read once and again whenever the theme changes. */

/** @type {Map<string, string>} */
const known = new Map();
/** @type {Set<() => void>} */
const listeners = new Set();
let watching = false;

function forget() {
  known.clear();
  for (const tell of listeners) tell();
}

function watch() {
  watching = true;
  window.addEventListener("themechange", forget);
}

/** @param {string} name of a token, as `--info` */
export function colour(name) {
  if (!watching) watch();
  const found = known.get(name) ?? getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  known.set(name, found);
  return found;
}

/** @param {() => void} tell when all colours are others */
export function onPalette(tell) {
  if (!watching) watch();
  listeners.add(tell);
}
