// @ts-check
/** A canvas that is drawn when something of it is new, in the page's one animation frame, as sharp as the screen. */
import { element } from "./dom.js";
import { drawWhileSeen } from "./frames.js";
import { onPalette } from "./palette.js";

/**
 * @callback Paint
 * @param {CanvasRenderingContext2D} context cleared; in CSS pixels
 * @param {number} width
 * @param {number} height
 * @param {number} passedS since it was looked at the last time
 * @returns {boolean | void} true to be painted again in the next frame
 */

/**
 * @param {Record<string, string>} attributes
 * @param {Paint} paint
 * @returns {{body: HTMLCanvasElement, refresh: () => void}}
 */
export function makeDrawing(attributes, paint) {
  const body = element("canvas", attributes);
  let stale = true;
  let [width, height] = [0, 0];
  /** @type {CanvasRenderingContext2D | null} */
  let context = null;
  const refresh = () => {
    stale = true;
  };
  const resize = () => {
    if (body.clientHeight === 0) return; // out of sight, and as it was when it comes back
    const scale = window.devicePixelRatio || 1;
    [width, height] = [body.clientWidth, body.clientHeight];
    body.width = Math.round(width * scale);
    body.height = Math.round(height * scale);
    context = body.getContext("2d");
    context?.setTransform(body.width / Math.max(1, width), 0, 0, body.height / Math.max(1, height), 0, 0);
    refresh();
  };
  new ResizeObserver(resize).observe(body);
  onPalette(refresh);
  drawWhileSeen(body, (passedS) => {
    if (!stale || !context || width === 0 || height === 0) return;
    context.clearRect(0, 0, width, height);
    stale = paint(context, width, height, passedS) === true;
  });
  return { body, refresh };
}
