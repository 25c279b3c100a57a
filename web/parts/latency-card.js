// @ts-check
import { element } from "./dom.js";
import { makeHistogram } from "./histogram.js";

const TITLES = { control: "Control round trip", sound: "Control to sound" };
/** @type {Record<string, string>} */
const STAGES = {
  control: "to the server", wait: "wait for block", render: "render", network: "network", ring: "ring", output: "output",
};

/**
 * @typedef {object} Shown
 * @property {"control" | "sound"} kind
 * @property {number} p50_ms
 * @property {number} p95_ms
 * @property {number} p99_ms
 * @property {[number, number][]} histogram_ms
 * @property {Record<string, number | null | undefined>} split_ms
 * @property {number} samples
 * @property {string} about
 */

/**
 * One result: percentiles, histogram, stages.
 * @param {Shown} shown
 */
export function makeCard(shown) {
  const percentiles = element("dl", { class: "percentiles" });
  for (const [name, ms] of Object.entries({ p50: shown.p50_ms, p95: shown.p95_ms, p99: shown.p99_ms })) {
    const value = element("dd", { text: ms.toFixed(1) }, element("small", { text: " ms" }));
    percentiles.append(element("div", {}, element("dt", { text: name }), value));
  }
  const card = element("article", { class: "card" },
    element("h3", { text: TITLES[shown.kind] }),
    element("p", { class: "dim small", text: shown.about }),
    percentiles,
    makeHistogram(shown.histogram_ms, { p50: shown.p50_ms, p95: shown.p95_ms }));
  card.append(...makeStages(shown.split_ms));
  return card;
}

/**
 * Where the time goes: a bar, its legend, and a note; nothing if no stage is known.
 * @param {Shown["split_ms"]} split
 * @returns {HTMLElement[]}
 */
export function makeStages(split) {
  const known = Object.keys(STAGES).filter((stage) => typeof split[stage] === "number");
  if (known.length === 0) return [];
  const bar = element("div", { class: "stages", "aria-hidden": "true" });
  const legend = element("ul", { class: "legend" });
  for (const stage of known) {
    const ms = Math.max(0, Number(split[stage]));
    const piece = element("i", { class: `stage-${stage}` });
    piece.style.flex = String(ms);
    bar.append(piece);
    legend.append(element("li", { class: `stage-${stage}` }, element("i", {}), STAGES[stage], element("b", { text: `${ms.toFixed(1)} ms` })));
  }
  const note = "Mean of each stage. Output is the browser's own figure for its way to the loudspeaker, beyond the total.";
  return [bar, legend, element("p", { class: "dim small", text: note })];
}

/**
 * Counts in bins 1 ms wide.
 * @param {number[]} samplesMs
 * @returns {[number, number][]}
 */
export function histogram(samplesMs) {
  /** @type {Map<number, number>} */
  const bins = new Map();
  for (const ms of samplesMs) bins.set(Math.floor(ms), (bins.get(Math.floor(ms)) ?? 0) + 1);
  return [...bins].sort(([a], [b]) => a - b);
}
