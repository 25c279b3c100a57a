// @ts-check
import { element } from "./dom.js";

/** @type {Record<string, string>} */
export const STAGES = {
  control: "to the server", wait: "wait for block", render: "render", network: "network", ring: "ring", output: "output",
};

/**
 * Where the time goes: a bar, its legend, and a note; nothing if no stage is known.
 * @param {Record<string, number | null | undefined>} split ms
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
