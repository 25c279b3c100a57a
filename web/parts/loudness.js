// @ts-check
/** Loudness after EBU R 128, in digits that can be read from afar. */
import { element } from "./dom.js";

const ROWS = [
  ["integrated", "Integrated", "LUFS", "wide"],
  ["momentary", "Momentary", "LUFS", ""],
  ["short_term", "Short term", "LUFS", ""],
  ["range", "Range", "LU", ""],
  ["true_peak", "True peak", "dBTP", ""],
];
const LEAST_MS = 190; // digits that change faster cannot be read

export function makeLoudness() {
  const body = element("dl", { class: "loudness" });
  /** @type {Record<string, Text>} */
  const values = {};
  for (const [key, label, unit, kind] of ROWS) {
    values[key] = document.createTextNode("–");
    const value = element("dd", {}, values[key], " ", element("small", { text: unit }));
    body.append(element("div", { class: kind }, element("dt", { text: label }), value));
  }
  const glance = element("span", { class: "glance" });
  let shownMs = 0;
  /** @param {import("../../client/protocol.js").MasterMeters} reading */
  const show = (reading) => {
    if (performance.now() - shownMs < LEAST_MS) return;
    shownMs = performance.now();
    for (const [key] of ROWS) {
      const number = key === "true_peak" ? Math.max(...reading.true_peak) : /** @type {any} */ (reading)[key];
      values[key].data = key !== "range" && number <= -119 ? "−∞" : number.toFixed(1).replace("-", "−");
    }
    glance.textContent = `${values.short_term.data} LUFS`;
  };
  return { body, glance, show };
}
