// @ts-check
import { makeNamedChoice } from "./choice.js";
import { Component } from "./component.js";
import { outputDb } from "./compressor-curve.js";
import { element } from "./dom.js";
import { makeDrawing } from "./drawing.js";
import { makeKnob } from "./knob.js";
import { REDUCTION_WHOLE_DB } from "./meter-scale.js";
import { colour } from "./palette.js";
import { makeSection } from "./section.js";
import { makeSwitch } from "./switch.js";

/** @typedef {import("./wiring.js").Part} Part */

const BOTTOM_DB = -60;
const GRID_DB = [-48, -36, -24, -12];
const FALL_DB_S = 40;
const LEAST_S = 0.19; // digits that change faster cannot be read
const KNOBS = [["comp_threshold", "Thresh"], ["comp_ratio", "Ratio"], ["comp_makeup", "Make-up"], ["comp_attack", "Attack"], ["comp_release", "Release"], ["comp_knee", "Knee"]];

/** A compressor: its transfer curve with what it takes now, its knobs, and what it listens to. */
export class CompressorPanel extends Component {
  /** What it takes away now, dB, 0 or below. @type {(db: number) => void} */
  showReduction = () => {};

  /** @param {import("./component.js").Desk} desk */
  stand(desk) {
    const part = desk.part(this.address);
    this.fill(part, () => desk.options(part.owner, "comp_key"));
    desk.session.on("meters", ({ channels }) => this.showReduction(channels[part.owner]?.[4] ?? 0));
  }

  /**
   * @param {Part} part
   * @param {() => [string, string][]} keys what it may listen to
   */
  fill(part, keys) {
    /** @type {Record<string, any>} */
    const values = {};
    const drawing = makeDrawing({ class: "comp-canvas", "aria-hidden": "true" }, (context, width, height) => {
      drawTransfer(context, width, height, values);
    });
    for (const name of ["comp_on", "comp_threshold", "comp_ratio", "comp_knee", "comp_makeup"]) {
      part.on(name, (value) => {
        values[name] = value;
        drawing.refresh();
      });
    }
    const reduction = makeReduction();
    const knobs = element("div", { class: "knobs three" }, ...KNOBS.map(([name, text]) => makeKnob(part, name, { text })));
    const section = makeSection("Compressor", [reduction.figure, makeSwitch(part, "comp_on", { text: "On", kind: "on" })],
      element("div", { class: "comp" }, element("div", { class: "comp-curve" }, drawing.body, reduction.body), knobs),
      makeNamedChoice(part, "comp_key", keys));
    this.showReduction = reduction.show;
    this.append(section);
    return this;
  }
}

customElements.define("tel-compressor", CompressorPanel);

/** @param {Part} part @param {() => [string, string][]} keys */
export const makeCompressorPanel = (part, keys) => new CompressorPanel().fill(part, keys);

function makeReduction() {
  const figure = element("span", { class: "figure reduction" });
  let [now, shown] = [0, 0];
  let [text, unreadS] = ["", 0];
  const drawing = makeDrawing({ class: "gr-canvas", "aria-hidden": "true" }, (context, width, height, passedS) => {
    shown = Math.max(now, shown - FALL_DB_S * passedS);
    context.fillStyle = colour("--reduction");
    context.fillRect(0, 0, width, Math.min(1, shown / REDUCTION_WHOLE_DB) * height);
    context.fillStyle = colour("--edge-strong");
    for (let db = 6; db < REDUCTION_WHOLE_DB; db += 6) context.fillRect(0, Math.round((db / REDUCTION_WHOLE_DB) * height), width, 1);
    unreadS += passedS;
    const next = shown < 0.05 ? "" : `−${shown.toFixed(1)} dB`;
    const isNew = next !== text;
    if (isNew && unreadS >= LEAST_S) {
      figure.textContent = text = next;
      unreadS = 0;
    }
    return shown > now + 0.01 || isNew;
  });
  /** @param {number} db 0 or below */
  const show = (db) => {
    if (Math.abs(db) === now && shown === now) return;
    now = Math.abs(db);
    drawing.refresh();
  };
  return { body: drawing.body, figure, show };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {Record<string, any>} values
 */
function drawTransfer(context, width, height, values) {
  const x = (/** @type {number} */ db) => (1 - db / BOTTOM_DB) * width;
  const y = (/** @type {number} */ db) => (db / BOTTOM_DB) * height;
  context.fillStyle = colour("--edge");
  for (const db of GRID_DB) {
    context.fillRect(Math.round(x(db)), 0, 1, height);
    context.fillRect(0, Math.round(y(db)), width, 1);
  }
  context.strokeStyle = colour("--edge-strong");
  context.beginPath();
  context.moveTo(0, height);
  context.lineTo(width, 0);
  context.stroke();
  const curve = { thresholdDb: values.comp_threshold, ratio: values.comp_ratio, kneeDb: values.comp_knee, makeupDb: values.comp_makeup };
  context.strokeStyle = colour(values.comp_on ? "--brass" : "--text-faint");
  context.lineWidth = 2;
  context.beginPath();
  for (let px = 0; px <= width; px += 2) {
    const level = BOTTOM_DB * (1 - px / width);
    context.lineTo(px, y(outputDb(curve, level)));
  }
  context.stroke();
}
