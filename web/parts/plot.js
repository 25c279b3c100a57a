// @ts-check
/** A small plot of the last minutes: one line, the value at the top of its scale, and what it is now. */
import { element, token } from "./dom.js";

const HEAD_PX = 14; // above the scale's end, for its value

/**
 * @param {string} title
 * @param {(value: number) => string} say a value in words
 */
export function makePlot(title, say) {
  const canvas = element("canvas", { class: "plot", role: "img" });
  const now = element("b", {});
  const body = element("figure", { class: "small-plot" }, element("figcaption", {}, element("span", { text: title }), now), canvas);
  /** @type {readonly number[]} */
  let values = [];
  const draw = () => drawLine(canvas, values, say);
  new ResizeObserver(draw).observe(canvas);
  window.addEventListener("themechange", draw);
  /** @param {readonly number[]} next oldest first */
  const show = (next) => {
    values = next;
    now.textContent = values.length ? say(values[values.length - 1]) : "";
    canvas.setAttribute("aria-label", values.length ? `${title}: from ${say(Math.min(...values))} to ${say(Math.max(...values))}` : title);
    draw();
  };
  return { body, show };
}

/** @param {HTMLCanvasElement} canvas @param {readonly number[]} values @param {(value: number) => string} say */
function drawLine(canvas, values, say) {
  const scale = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (!context || values.length < 2) return;
  context.scale(scale, scale);
  const top = Math.max(...values) || 1;
  const x = (/** @type {number} */ n) => (n / (values.length - 1)) * width;
  const y = (/** @type {number} */ value) => height - 1 - (value / top) * (height - 1 - HEAD_PX);
  drawTop(context, say(top), width);
  const line = new Path2D();
  values.forEach((value, n) => line.lineTo(x(n), y(value)));
  context.strokeStyle = token("--info");
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.stroke(line);
  line.lineTo(width, height);
  line.lineTo(0, height);
  context.globalAlpha = 0.16;
  context.fillStyle = token("--info");
  context.fill(line);
}

/** @param {CanvasRenderingContext2D} context @param {string} text @param {number} width */
function drawTop(context, text, width) {
  context.font = `10px ${token("--font")}`;
  context.fillStyle = token("--text-dim");
  context.fillText(text, 4, HEAD_PX - 4);
  context.fillStyle = token("--edge");
  context.fillRect(0, HEAD_PX - 1, width, 1);
}
