// @ts-check
/** All that a strip or a group has, in the order in which the sound goes through it. */
import { keys, outputs } from "./columns.js";
import { makeCompressorPanel } from "./compressor-panel.js";
import { oncePerFrame } from "./control.js";
import { drawn, element } from "./dom.js";
import { watchFilters } from "./eq-graph.js";
import { makeEqPanel } from "./eq-panel.js";
import { down, frequencyAt } from "./eq-scale.js";
import { designs, totalDb } from "./filter-curve.js";
import { makeInputPanel } from "./input-panel.js";
import { makeSendsPanel } from "./sends-panel.js";
import { copied, copy, differences } from "./strip-copy.js";

/** @typedef {import("./wiring.js").Part} Part */

/**
 * What the session's names offer to a channel.
 * @typedef {object} Surroundings
 * @property {number} rateHz
 * @property {{id: string, name: string}[]} auxes
 * @property {() => import("./columns.js").Column[]} columns
 * @property {import("./notice.js").Tell} tell
 */

/** @param {Part} part @param {Surroundings} around */
export function makeChannelPanel(part, { rateHz, auxes, columns, tell }) {
  const { owner } = part;
  const input = makeInputPanel(part, () => outputs(columns(), owner), makeTools(part, tell));
  const eq = makeEqPanel(part, rateHz);
  const compressor = makeCompressorPanel(part, () => keys(columns(), owner));
  const body = element("div", { class: "panel" }, input, eq, compressor);
  if (auxes.length > 0) body.append(makeSendsPanel(part, auxes));
  return {
    body,
    showReduction: (/** @type {number} */ db) => compressor.showReduction(db),
    showSpectrum: (/** @type {number[]} */ bandsDb) => eq.showSpectrum(bandsDb),
  };
}

/** Copy and paste. @param {Part} part @param {import("./notice.js").Tell} tell */
export function makeTools(part, tell) {
  const put = () => {
    const settings = copied(localStorage);
    if (!settings) return tell("There is nothing to paste yet: copy the settings of a strip first.");
    const wanted = differences(part, settings);
    const count = Object.keys(wanted).length;
    part.turnMany(wanted);
    tell(count ? `Pasted to ${part.name}: ${count} ${count === 1 ? "setting" : "settings"}.` : `${part.name} has none of what was copied, or has it so already.`, { calm: true });
  };
  const get = () => {
    copy(part, localStorage);
    tell(`Copied ${part.name}'s settings.`, { calm: true });
  };
  const take = element("button", { type: "button", class: "tool", text: "Copy", click: get });
  const paste = element("button", { type: "button", class: "tool", text: "Paste", disabled: part.mayTurn ? undefined : "", click: put });
  part.named((name) => {
    take.setAttribute("aria-label", `Copy ${name}'s settings`);
    paste.setAttribute("aria-label", `Paste settings to ${name}`);
  });
  return element("div", { class: "tools" }, take, paste);
}

const GLANCE_POINTS = 32;

/**
 * A channel's EQ curve, small, for its folded column. No canvas: each would be a layer of the row that scrolls.
 * @param {Part} part
 * @param {number} rateHz
 */
export function makeCurveGlance(part, rateHz) {
  const [area, curve] = [drawn("polygon"), drawn("polyline")];
  const look = { class: "glance curve", viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" };
  const body = drawn("svg", look, area, curve);
  const draw = oncePerFrame(() => {
    const all = designs(value, true, rateHz);
    const points = Array.from({ length: GLANCE_POINTS + 1 }, (_, n) => n / GLANCE_POINTS)
      .map((x) => `${x.toFixed(4)},${down(totalDb(all, frequencyAt(x), rateHz)).toFixed(3)}`).join(" ");
    body.classList.toggle("active", all.length > 0);
    curve.setAttribute("points", points);
    area.setAttribute("points", `${points} 1,0.5 0,0.5`);
  });
  const value = watchFilters(part, () => draw(0));
  return body;
}
