// @ts-check
/**
 * An equaliser's curve over the live spectrum, with a handle for each band: left and right is its frequency, up and
 * down its gain, wheel or Page keys its Q; a double click or Delete brings it back.
 */
import { makeDrawing } from "./drawing.js";
import { element } from "./dom.js";
import { makeHandle } from "./eq-handle.js";
import { across, bandEdges, barHeight, down, frequencyAt } from "./eq-scale.js";
import { BANDS, designs, gainDb, totalDb } from "./filter-curve.js";
import { colour } from "./palette.js";

/** @typedef {import("./wiring.js").Part} Part */

const POINTS_PX = 2; // between the curve's points
const FALL_DB_S = 40;
const GRID_HZ = [50, 100, 200, 500, 1000, 2000, 5000, 10000];
const GRID_DB = [-12, -6, 0, 6, 12];
const BANDS_SEEN = Array.from({ length: 31 }, (_, index) => {
  const [low, high] = bandEdges(index);
  return [Math.max(0, across(low)), Math.min(1, across(high))];
});
const AXIS = [[100, "100"], [1000, "1k"], [10000, "10k"]];

/** What a part's filters are set to, kept up to date. @param {Part} part @param {() => void} changed */
export function watchFilters(part, changed) {
  /** @type {Record<string, any>} */
  const values = {};
  const names = Object.keys(part.rows).filter((name) => /^(hp|eq)_/.test(name));
  for (const name of names) {
    part.on(name, (value) => {
      values[name] = value;
      changed();
    });
  }
  return (/** @type {string} */ name) => values[name];
}

/**
 * @param {Part} part
 * @param {number} rateHz of the session
 * @param {(band: string) => void} onChosen a handle was taken
 */
export function makeEqGraph(part, rateHz, onChosen) {
  const withHighPass = "hp_on" in part.rows;
  /** @type {number[]} */
  let bands = [];
  /** @type {number[]} */
  const fallen = [];
  let chosen = "";
  const drawing = makeDrawing({ class: "eq-canvas", "aria-hidden": "true" }, (context, width, height, passedS) => {
    drawGrid(context, width, height);
    const moving = drawSpectrum(context, width, height, bands, fallen, passedS * FALL_DB_S);
    if (!traced || traced.width !== width || traced.height !== height) traced = { width, height, ...trace(width, height) };
    if (traced.chosen) drawChosen(context, traced.chosen);
    drawCurve(context, width, height, traced.curve, traced.active);
    return moving;
  });
  /** @type {{width: number, height: number, curve: Path2D, chosen: Path2D | null, active: boolean} | null} while nothing is turned */
  let traced = null;
  const value = watchFilters(part, () => {
    traced = null;
    drawing?.refresh();
  });
  /** @param {number} width @param {number} height */
  const trace = (width, height) => {
    const all = designs(value, withHighPass, rateHz);
    const band = BANDS.find(({ name }) => name === chosen);
    const one = band && value("eq_on") && band.design(value(`eq_${chosen}_freq`), value(`eq_${chosen}_gain`), value(`eq_${chosen}_q`), rateHz);
    return {
      curve: traceCurve(width, height, (hz) => totalDb(all, hz, rateHz)),
      chosen: one ? traceCurve(width, height, (hz) => gainDb(one, hz, rateHz)) : null,
      active: value("eq_on") || all.length > 0,
    };
  };
  const body = element("div", { class: "eq-graph", role: "group" }, drawing.body, makeAxis());
  part.named((name) => body.setAttribute("aria-label", `${name} EQ curve`));
  /** @param {string} band */
  const choose = (band) => {
    chosen = band;
    traced = null;
    drawing.refresh();
    for (const handle of handles) handle.body.classList.toggle("chosen", handle.band === band);
  };
  const take = (/** @type {string} */ band) => {
    choose(band);
    onChosen(band);
  };
  const handles = [...(withHighPass ? ["hp"] : []), ...BANDS.map(({ name }) => name)].map((band) => makeHandle(part, band, take));
  body.append(...handles.map((handle) => handle.body));
  return {
    body,
    choose,
    /** @param {number[]} levels dB of the 31 bands */
    showSpectrum: (levels) => {
      bands = levels;
      drawing.refresh();
    },
  };
}

function makeAxis() {
  const axis = element("div", { class: "eq-axis", "aria-hidden": "true" });
  for (const [hz, text] of AXIS) {
    const mark = element("span", { text: String(text) });
    mark.style.left = `${across(Number(hz)) * 100}%`;
    axis.append(mark);
  }
  return axis;
}

/** @param {CanvasRenderingContext2D} context @param {number} width @param {number} height */
function drawGrid(context, width, height) {
  context.fillStyle = colour("--edge");
  for (const hz of GRID_HZ) context.fillRect(Math.round(across(hz) * width), 0, 1, height);
  for (const db of GRID_DB) {
    context.fillStyle = colour(db === 0 ? "--edge-strong" : "--edge");
    context.fillRect(0, Math.round(down(db) * height), width, 1);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {number[]} bands
 * @param {number[]} fallen what is shown: it rises at once and falls slowly
 * @param {number} fallDb
 * @returns {boolean} whether something still falls
 */
function drawSpectrum(context, width, height, bands, fallen, fallDb) {
  context.fillStyle = colour("--spectrum");
  let moving = false;
  bands.forEach((db, index) => {
    const next = Math.max(db, (fallen[index] ?? -120) - fallDb);
    moving ||= next > db + 0.1;
    fallen[index] = next;
    const [left, right] = BANDS_SEEN[index].map((share) => share * width);
    const bar = barHeight(next) * height;
    context.fillRect(left, height - bar, right - left - 1, bar);
  });
  return moving;
}

/**
 * @param {number} width
 * @param {number} height
 * @param {(freqHz: number) => number} curve dB
 */
export function traceCurve(width, height, curve) {
  const path = new Path2D();
  for (let x = 0; x <= width + POINTS_PX; x += POINTS_PX) path.lineTo(x, down(curve(frequencyAt(x / width))) * height);
  return path;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {Path2D} curve
 * @param {boolean} active
 */
function drawCurve(context, width, height, curve, active) {
  context.strokeStyle = colour(active ? "--brass" : "--text-faint");
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.stroke(curve);
  if (!active) return;
  const area = new Path2D(curve);
  area.lineTo(width, height / 2);
  area.lineTo(0, height / 2);
  context.globalAlpha = 0.16;
  context.fillStyle = colour("--brass");
  context.fill(area);
  context.globalAlpha = 1;
}

/** The chosen band alone. @param {CanvasRenderingContext2D} context @param {Path2D} curve */
function drawChosen(context, curve) {
  context.strokeStyle = colour("--text-dim");
  context.lineWidth = 1;
  context.stroke(curve);
}
