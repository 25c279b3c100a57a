// @ts-check
/** A player's recording as a waveform, and over it where its cloud is: a band as wide as the spread, brighter with more grains. */
import { cloudPlace } from "./cloud-values.js";
import { oncePerFrame } from "./control.js";
import { element, token } from "./dom.js";
import { drawWhileSeen } from "./frames.js";
import { extremes, fetchPeaks } from "./peaks.js";

/** @typedef {import("./peaks.js").Peaks} Peaks */
/** @typedef {import("../../client/front-door.js").Entry} Entry */

const POINTS = 512;
const BUSY = 100; // grains at once that make the band as bright as it gets

/**
 * The waveforms of all players, and of what they may read beside their own, under its address.
 * @param {Entry} entry
 * @param {string[]} recordings their ids
 * @param {number} longestS
 * @returns {Promise<Peaks>}
 */
export function readRecordings(entry, recordings = [], longestS = 300) {
  return fetchPeaks(entry, { startS: 0, endS: longestS, points: 8 * POINTS, recordings }, new AbortController().signal);
}

/** Where a strip's recording ends, s: behind its last bin that is not empty. @param {Peaks} peaks @param {string} id */
export function lengthOf(peaks, id) {
  const part = peaks.strips[id];
  let last = part ? part.rms.length - 1 : -1;
  while (last >= 0 && part.rms[last] === 0 && part.high[last] === 0 && part.low[last] === 0) last--;
  return Math.max(peaks.binS, (last + 1) * peaks.binS);
}

/**
 * @param {object} options
 * @param {string} options.label
 * @param {() => Record<string, any>} options.values the player's, by parameter
 * @param {() => string} options.reads whose recording it reads: id of a strip, or `recording/...`
 * @param {(position: number) => void} options.onPick somebody points at a place, 0 to 1
 * @param {boolean} [options.mayTurn] otherwise it only shows
 */
export function makeCloudView({ label, values, reads, onPick, mayTurn = true }) {
  const wave = element("canvas", { "aria-hidden": "true" });
  const band = element("i", { class: "band" });
  const body = element("div", { class: "cloud-view", title: mayTurn ? `${label}: put the cloud here` : undefined }, wave, band);
  /** @type {Peaks | null} */
  let peaks = null;
  let [scan, grains, drawn] = [0, 0, ""];
  const draw = () => {
    const { middle, spread } = cloudPlace(/** @type {any} */ (values()), scan);
    band.style.left = `${(100 * Math.max(0, middle - spread)).toFixed(2)}%`;
    band.style.right = `${(100 * Math.max(0, 1 - middle - spread)).toFixed(2)}%`;
    band.style.opacity = (grains === 0 ? 0.15 : 0.35 + 0.5 * Math.min(1, grains / BUSY)).toFixed(2);
    const wanted = `${reads()} ${wave.clientWidth} ${document.documentElement.dataset.theme} ${peaks !== null}`;
    if (peaks && wanted !== drawn) drawWave(wave, peaks, reads());
    drawn = wanted;
  };
  drawWhileSeen(body, draw);
  const pick = oncePerFrame(onPick);
  const point = (/** @type {PointerEvent} */ event) => {
    const { left, width } = body.getBoundingClientRect();
    pick(Math.min(1, Math.max(0, (event.clientX - left) / width)));
  };
  body.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !mayTurn) return;
    body.setPointerCapture(event.pointerId);
    point(event);
  });
  body.addEventListener("pointermove", (event) => body.hasPointerCapture(event.pointerId) && point(event));
  return {
    body,
    showPeaks: (/** @type {Peaks} */ next) => ([peaks, drawn] = [next, ""]),
    showCloud: (/** @type {[number, number]} */ [at, sounding]) => ([scan, grains] = [at, sounding]),
  };
}

/** @param {HTMLCanvasElement} canvas @param {Peaks} peaks @param {string} id */
function drawWave(canvas, peaks, id) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const context = canvas.getContext("2d");
  if (!context || width === 0) return;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const columnS = lengthOf(peaks, id) / width;
  const columns = Array.from({ length: width }, (_, x) => extremes(peaks, id, x * columnS, (x + 1) * columnS) ?? [0, 0, 0]);
  const most = Math.max(0.05, ...columns.map(([low, high]) => Math.max(high, -low)));
  const half = (height / 2 - 1) / most;
  context.fillStyle = token("--wave");
  columns.forEach(([low, high], x) => context.fillRect(x, height / 2 - high * half, 1, Math.max(0.75, (high - low) * half)));
  context.fillStyle = token("--wave-core");
  columns.forEach(([, , rms], x) => context.fillRect(x, height / 2 - rms * half, 1, 2 * rms * half));
}
