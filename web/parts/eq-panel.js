// @ts-check
import { Component } from "./component.js";
import { element } from "./dom.js";
import { makeEqGraph } from "./eq-graph.js";
import { bandLabel, namesOf } from "./eq-handle.js";
import { BANDS } from "./filter-curve.js";
import { makeKnob } from "./knob.js";
import { makeSwitch } from "./switch.js";
import { makeSection } from "./section.js";

/** An equaliser: its graph, and the knobs of the band that is chosen. */
export class EqPanel extends Component {
  /** What is heard, in 1/3 octaves. @type {(bandsDb: number[]) => void} */
  showSpectrum = () => {};

  /** @param {import("./component.js").Desk} desk */
  stand(desk) {
    this.fill(desk.part(this.address), desk.session.sampleRateHz);
    if (this.address === "master") desk.session.on("meters", ({ master }) => this.showSpectrum(master.spectrum));
  }

  /**
   * @param {import("./wiring.js").Part} part
   * @param {number} rateHz
   */
  fill(part, rateHz) {
    const tabs = element("div", { class: "tabs", role: "group" });
    part.named((name) => tabs.setAttribute("aria-label", `${name} EQ bands`));
    /** @type {Map<string, {tab: HTMLElement, knobs: HTMLElement}>} */
    const bands = new Map();
    /** @param {string} chosen */
    const show = (chosen) => {
      if (!bands.has(chosen)) return; // the high-pass has its knob elsewhere
      for (const [band, { tab, knobs }] of bands) {
        tab.setAttribute("aria-pressed", String(band === chosen));
        knobs.hidden = band !== chosen;
      }
    };
    const graph = makeEqGraph(part, rateHz, show);
    const choose = (/** @type {string} */ band) => {
      show(band);
      graph.choose(band);
    };
    const rows = BANDS.map(({ name: band }) => {
      const { freq, gain, q, text } = namesOf(band);
      const label = bandLabel(part, band);
      const tab = element("button", {
        type: "button", class: `tab ${band}`, text: text.length > 1 ? text : label, click: () => choose(band),
      });
      part.named((name) => tab.setAttribute("aria-label", `${name} ${label} band`));
      const knobs = element("div", { class: "knobs wide" },
        makeKnob(part, freq, { text: "Freq" }), makeKnob(part, /** @type {string} */ (gain), { text: "Gain" }), makeKnob(part, /** @type {string} */ (q), { text: "Q" }));
      tabs.append(tab);
      bands.set(band, { tab, knobs });
      return knobs;
    });
    choose("mid1");
    const section = makeSection("EQ", [makeSwitch(part, "eq_on", { text: "On", kind: "on" })], graph.body, tabs, ...rows);
    section.classList.add("eq");
    this.showSpectrum = graph.showSpectrum;
    this.append(section);
    return this;
  }
}

customElements.define("tel-eq", EqPanel);

/** @param {import("./wiring.js").Part} part @param {number} rateHz */
export const makeEqPanel = (part, rateHz) => new EqPanel().fill(part, rateHz);
