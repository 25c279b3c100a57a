// @ts-check
/** Runs of a latency test over time: a column each, of the stages' means, with marks at the median and the 95th percentile. */
import { element, token } from "./dom.js";
import { STAGES } from "./stages.js";

/** @typedef {import("../../client/protocol.js").LatencyRun} Run */

const FOOT = 16;
const COLUMN_PX = 24; // at most, so that two runs do not become two walls
const STEPS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000];

/** @param {readonly Run[]} runs oldest first */
export function makeRunPlot(runs) {
  const canvas = element("canvas", { class: "runs", role: "img", "aria-label": describe(runs) });
  const draw = () => drawRuns(canvas, runs);
  new ResizeObserver(draw).observe(canvas);
  window.addEventListener("themechange", () => canvas.isConnected && draw());
  return canvas;
}

/** In words, for those who do not see it. @param {readonly Run[]} runs */
export function describe(runs) {
  const medians = runs.map(({ p50_ms }) => p50_ms);
  const count = `${runs.length} ${runs.length === 1 ? "run" : "runs"}`;
  if (runs.length === 0) return "No runs";
  return `${count} over time: medians from ${Math.min(...medians).toFixed(1)} to ${Math.max(...medians).toFixed(1)} ms, the last ${medians[medians.length - 1].toFixed(1)} ms`;
}

/**
 * Where a run's stages lie, one upon the other; a stage that came out below nothing takes no room.
 * @param {Run["split_ms"]} split
 * @returns {{stage: string, fromMs: number, toMs: number}[]}
 */
export function stacked(split) {
  let top = 0;
  return Object.keys(STAGES).filter((stage) => stage !== "output").flatMap((stage) => {
    const ms = /** @type {Record<string, number | null | undefined>} */ ({ ...split })[stage];
    if (typeof ms !== "number") return [];
    const fromMs = top;
    top += Math.max(0, ms);
    return [{ stage, fromMs, toMs: top }];
  });
}

/** The scale's step and end for a largest value. @param {number} mostMs */
export function scaleOf(mostMs) {
  const stepMs = STEPS_MS.find((step) => mostMs / step <= 4) ?? 60000;
  return { stepMs, endMs: Math.max(stepMs, Math.ceil((mostMs * 1.02) / stepMs) * stepMs) };
}

/** A day and an hour, in the reader's own zone. @param {string} at ISO 8601 */
export function shortTime(at) {
  return new Date(at).toLocaleString(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** @param {HTMLCanvasElement} canvas @param {readonly Run[]} runs */
function drawRuns(canvas, runs) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (!context || runs.length === 0 || width === 0) return;
  context.scale(scale, scale);
  const { stepMs, endMs } = scaleOf(Math.max(...runs.map(({ p95_ms }) => p95_ms)));
  const y = (/** @type {number} */ ms) => 6 + (1 - Math.min(1, ms / endMs)) * (height - FOOT - 6);
  context.font = `11px ${token("--font")}`;
  const left = drawScale(context, { stepMs, endMs, width, y });
  const dates = [runs[0], runs[runs.length - 1]].map(({ at }) => shortTime(at));
  const { pitch, bar } = spread(runs.length, width - left - 2, context.measureText(dates[0]).width + 12);
  const x = (/** @type {number} */ n) => left + 2 + n * pitch;
  runs.forEach((run, n) => drawRun(context, run, x(n), bar, y));
  context.fillStyle = token("--text-faint");
  context.textAlign = "left";
  context.fillText(dates[0], x(0), height - 3);
  if (runs.length > 1) context.fillText(dates[1], Math.min(x(runs.length - 1), width - context.measureText(dates[1]).width), height - 3);
}

/**
 * How far the columns stand apart, and how wide they are: few of them so that the first date ends before the last begins.
 * @param {number} count
 * @param {number} width
 * @param {number} datePx room that a date takes
 */
export function spread(count, width, datePx) {
  const pitch = Math.min(width / count, Math.max(COLUMN_PX + 8, datePx / Math.max(1, count - 1)));
  return { pitch, bar: Math.max(1, Math.min(COLUMN_PX, pitch - 2)) };
}

/**
 * Lines and their values; the widest of these decides where the columns begin.
 * @param {CanvasRenderingContext2D} context
 * @param {{stepMs: number, endMs: number, width: number, y: (ms: number) => number}} scale
 * @returns {number} px from the left
 */
function drawScale(context, { stepMs, endMs, width, y }) {
  const texts = Array.from({ length: Math.round(endMs / stepMs) + 1 }, (_, n) => (n * stepMs === endMs ? `${endMs} ms` : String(n * stepMs)));
  const left = Math.ceil(Math.max(...texts.map((text) => context.measureText(text).width))) + 6;
  context.textAlign = "right";
  texts.forEach((text, n) => {
    context.fillStyle = token("--edge");
    context.fillRect(left, Math.round(y(n * stepMs)), width - left, 1);
    context.fillStyle = token("--text-faint");
    context.fillText(text, left - 6, y(n * stepMs) + 4);
  });
  return left;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Run} run
 * @param {number} x
 * @param {number} bar
 * @param {(ms: number) => number} y
 */
function drawRun(context, run, x, bar, y) {
  const stages = stacked(run.split_ms);
  for (const { stage, fromMs, toMs } of stages) {
    context.fillStyle = token(`--stage-${stage}`);
    context.fillRect(x, y(toMs), bar, y(fromMs) - y(toMs));
  }
  context.fillStyle = token("--brass");
  if (stages.length === 0) context.fillRect(x, y(run.p50_ms), bar, y(0) - y(run.p50_ms));
  context.fillStyle = token("--text");
  context.fillRect(x - 1, y(run.p50_ms) - 1, bar + 2, 2);
  context.fillStyle = token("--text-dim");
  context.fillRect(x + bar / 2 - 0.5, y(run.p95_ms), 1, y(run.p50_ms) - y(run.p95_ms));
  context.fillRect(x + bar / 4, y(run.p95_ms), bar / 2, 1);
}
