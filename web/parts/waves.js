// @ts-check
/** Draws the ruler and one row of waveform for each strip, of the stretch that is seen. */
import { token } from "./dom.js";
import { extremes } from "./peaks.js";

const NAME_FROM_PX = 13; // rows lower than this have no room for a name
const LARGEST = 16; // quieter than -24 dBFS looks quiet
export const RULER_PX = 18;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("./time-view.js").TimeView} view
 * @param {import("./peaks.js").Peaks | null} peaks
 * @param {{id: string, name: string, colour: string}[]} strips
 */
export function drawWaves(canvas, view, peaks, strips) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const context = canvas.getContext("2d");
  if (!context || width === 0) return;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  drawRuler(context, view, width, height);
  const row = (height - RULER_PX) / Math.max(1, strips.length);
  const gain = peaks ? enlarge(peaks) : 1;
  strips.forEach((strip, index) => {
    const middle = RULER_PX + (index + 0.5) * row;
    if (peaks) drawRow(context, { view, peaks, strip, middle, half: (row / 2 - Math.min(1, row / 8)) * gain, width });
  });
  if (row >= NAME_FROM_PX) drawNames(context, strips, row);
}

/** How much larger than life, so that the loudest moment fills its row. @param {import("./peaks.js").Peaks} peaks */
function enlarge(peaks) {
  let most = 1;
  for (const { low, high } of Object.values(peaks.strips)) {
    for (const value of high) most = Math.max(most, value);
    for (const value of low) most = Math.max(most, -value);
  }
  return Math.min(LARGEST, 127 / most);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./time-view.js").TimeView} view
 * @param {number} width
 * @param {number} height
 */
function drawRuler(context, view, width, height) {
  const [line, text] = [token("--edge"), token("--text-faint")];
  context.font = `10px ${token("--font")}`;
  for (const tick of view.ticks(width)) {
    const x = Math.round(view.toShare(tick.seconds) * width);
    context.fillStyle = line;
    context.fillRect(x, 0, 1, height);
    context.fillStyle = text;
    context.fillText(tick.text, x + 4, 14);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{view: import("./time-view.js").TimeView, peaks: import("./peaks.js").Peaks, width: number,
 *   strip: {id: string, colour: string}, middle: number, half: number}} row
 */
function drawRow(context, { view, peaks, strip, middle, half, width }) {
  const colour = strip.colour || token("--wave");
  const column = view.spanS / width;
  context.fillStyle = colour;
  context.globalAlpha = 0.5;
  /** @type {[number, number][]} */
  const core = [];
  for (let x = 0; x < width; x++) {
    const from = view.startS + x * column;
    const found = extremes(peaks, strip.id, from, from + column);
    if (!found) continue;
    const [low, high, rms] = found;
    context.fillRect(x, middle - high * half, 1, Math.max(0.75, (high - low) * half));
    if (rms * half > 0.5) core.push([x, rms * half]);
  }
  context.globalAlpha = 1;
  for (const [x, tall] of core) context.fillRect(x, middle - tall, 1, 2 * tall);
}

/** @param {CanvasRenderingContext2D} context @param {{name: string, id: string}[]} strips @param {number} row */
function drawNames(context, strips, row) {
  const [ground, text] = [token("--sunken"), token("--text-dim")];
  strips.forEach(({ name, id }, index) => {
    const label = name || id;
    const y = RULER_PX + index * row;
    context.globalAlpha = 0.75;
    context.fillStyle = ground;
    context.fillRect(0, y + 1, context.measureText(label).width + 8, 13);
    context.globalAlpha = 1;
    context.fillStyle = text;
    context.fillText(label, 4, y + 11);
  });
}
