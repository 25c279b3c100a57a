// @ts-check
import { Component } from "./component.js";
import { element } from "./dom.js";

/** @typedef {import("../../client/protocol.js").MasterMeters} Reading */

const ROWS = [
  ["integrated", "Integrated", "LUFS", "wide"],
  ["momentary", "Momentary", "LUFS", ""],
  ["short_term", "Short term", "LUFS", ""],
  ["range", "Range", "LU", ""],
  ["true_peak_max", "True peak", "dBTP", "peak"],
];
const OVER_DBTP = 0;
const LEAST_MS = 190; // digits that change faster cannot be read

/** Loudness after EBU R 128, in digits that can be read from afar. */
export class Loudness extends Component {
  /** The short-term loudness alone, in words. */
  glance = element("span", { class: "glance" });
  /** @type {(reading: Reading) => void} */
  show = () => {};

  /** @param {import("./component.js").Desk} desk */
  stand(desk) {
    const { session, tell } = desk;
    const anew = () => void session.sendCommand({ type: "loudness_reset" }).catch((error) => tell(error.message));
    this.fill(session.role === "listener" ? null : anew);
    desk.session.on("meters", ({ master }) => this.show(master));
  }

  /** @param {(() => void) | null} anew measures from now on; null: one may not */
  fill(anew) {
    const body = element("dl", { class: "loudness" });
    /** @type {Record<string, Text>} */
    const values = {};
    for (const [key, label, unit, kind] of ROWS) {
      values[key] = document.createTextNode("–");
      const value = element("dd", {}, values[key], " ", element("small", { text: unit }));
      body.append(element("div", { class: kind }, element("dt", { text: label }), value));
    }
    let shownMs = 0;
    let later = 0;
    /** @param {Reading} reading */
    const draw = (reading) => {
      shownMs = performance.now();
      for (const [key] of ROWS) {
        const number = key === "true_peak_max" ? Math.max(...reading.true_peak_max) : /** @type {any} */ (reading)[key];
        values[key].data = key !== "range" && number <= -119 ? "−∞" : number.toFixed(1).replace("-", "−");
      }
      body.classList.toggle("over", Math.max(...reading.true_peak_max) >= OVER_DBTP);
      this.glance.textContent = `${values.short_term.data} LUFS`;
    };
    this.show = (reading) => {
      clearTimeout(later);
      const waitMs = shownMs + LEAST_MS - performance.now();
      if (waitMs <= 0) draw(reading);
      else later = window.setTimeout(() => draw(reading), waitMs); // it may be the last before the session sleeps
    };
    const again = element("button", {
      type: "button", class: "tool anew", text: "Reset", "aria-label": "Reset: measure loudness anew", disabled: anew ? undefined : "",
      title: "Measure integrated loudness, range and true peak from now on", click: () => anew?.(),
    });
    this.append(body, again);
    return this;
  }
}

customElements.define("tel-loudness", Loudness);

/** @param {(() => void) | null} anew */
export const makeLoudness = (anew) => new Loudness().fill(anew);
