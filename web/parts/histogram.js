// @ts-check
import { element, token } from "./dom.js";

/**
 * A histogram of bins 1 ms wide.
 * @param {[number, number][]} bins lower edge in ms, count
 * @param {{p50: number, p95: number}} marks
 */
export function makeHistogram(bins, marks) {
  const canvas = element("canvas", { class: "histogram", role: "img", "aria-label": describe(bins) });
  const again = () => draw(canvas, bins, marks);
  new ResizeObserver(again).observe(canvas);
  window.addEventListener("themechange", () => canvas.isConnected && again());
  return canvas;
}

/** @param {[number, number][]} bins */
function describe(bins) {
  const total = bins.reduce((sum, [, count]) => sum + count, 0);
  return `Histogram of ${total} measurements from ${bins[0]?.[0] ?? 0} to ${(bins.at(-1)?.[0] ?? 0) + 1} ms`;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {[number, number][]} bins
 * @param {{p50: number, p95: number}} marks
 */
function draw(canvas, bins, marks) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (!context || bins.length === 0) return;
  context.scale(scale, scale);
  const foot = 18;
  const last = Math.max(10, Math.min((bins.at(-1)?.[0] ?? 0) + 2, Math.ceil(marks.p95 * 2)));
  const most = Math.max(...bins.map(([, count]) => count));
  const x = (/** @type {number} */ ms) => (ms / last) * width;
  context.fillStyle = token("--brass");
  for (const [edge, count] of bins) {
    const bar = (count / most) * (height - foot - 6);
    context.fillRect(x(edge) + 0.5, height - foot - bar, Math.max(1, x(1) - 1), bar);
  }
  context.fillStyle = token("--text-faint");
  context.font = `11px ${token("--font")}`;
  const roomPx = context.measureText(String(last)).width + 9;
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((ms) => last / ms <= 10 && x(ms) >= roomPx) ?? 10_000;
  for (let ms = 0; ms < last; ms += step) {
    const text = ms === 0 ? "0 ms" : String(ms);
    if (x(ms) + 3 + context.measureText(text).width <= width) context.fillText(text, x(ms) + 3, height - 5); // half a number is another one
  }
  context.fillStyle = token("--text-dim");
  for (const ms of [marks.p50, marks.p95]) context.fillRect(x(ms), 0, 1, height - foot);
}
