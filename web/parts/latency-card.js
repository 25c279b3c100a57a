// @ts-check
import { percentile } from "../../client/latency.js";
import { element } from "./dom.js";
import { makeHistogram } from "./histogram.js";
import { makeRunPlot } from "./run-plot.js";
import { makeStages } from "./stages.js";

const TITLES = { control: "Control round trip", sound: "Control to sound" };
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
 * @property {readonly import("../../client/protocol.js").LatencyRun[]} [history] runs that were kept, oldest first
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
  if (shown.history?.length) {
    card.append(element("h4", { text: "Run by run" }), makeRunPlot(shown.history),
      element("p", { class: "dim small", text: "A column a run; the mark is its median, the whisker ends at its 95th percentile." }));
  }
  return card;
}

/**
 * What was measured just now, as a card shows it.
 * @param {import("../../client/latency.js").Measured} measured
 * @param {string} about
 * @returns {Shown}
 */
export function justMeasured({ kind, samplesMs, splitMs }, about) {
  const at = (/** @type {number} */ share) => percentile(samplesMs, share);
  return {
    kind, split_ms: splitMs, samples: samplesMs.length, histogram_ms: histogram(samplesMs),
    p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99), about,
  };
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
