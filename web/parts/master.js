// @ts-check
/** The master: fader and level, loudness after EBU R 128, EQ over the spectrum, width, correlation and limiter. */
import { element, icon } from "./dom.js";
import { makeEqPanel } from "./eq-panel.js";
import { makeFader } from "./fader.js";
import { makeGauge } from "./gauge.js";
import { makeKnob } from "./knob.js";
import { makeLoudness } from "./loudness.js";
import { makeMeter } from "./meter.js";
import { REDUCTION_WHOLE_DB } from "./meter-scale.js";
import { makeSection, makeSheetHead } from "./section.js";
import { makeSheet } from "./sheet.js";
import { makeSwitch } from "./switch.js";

/** @typedef {import("../../client/protocol.js").MasterMeters} Reading */

const FOLD = "M6 3l5 5-5 5";

/**
 * @param {object} options
 * @param {import("./wiring.js").Part} options.part
 * @param {number} options.rateHz
 * @param {Element} options.lamp that tells of solo
 * @param {() => void} options.anew measures loudness from now on
 * @param {boolean} options.unfolded
 * @param {(unfolded: boolean) => void} options.onFold
 */
export function makeMaster({ part, rateHz, lamp, anew, unfolded, onFold }) {
  const fader = makeFader(part, "fader");
  const meter = makeMeter({ row: part.rows.fader, reduction: true, bar: 10 });
  fader.way.append(meter);
  const loudness = makeLoudness(part.mayTurn ? anew : null);
  const correlation = makeGauge("Correlation", true);
  const limiter = makeGauge("Reduction", false);
  limiter.bar.style.setProperty("--fill", "var(--reduction)");
  const eq = makeEqPanel(part, rateHz);
  const image = makeSection("Image", [], element("div", { class: "pair" }, makeKnob(part, "width", { text: "Width" }), correlation.body));
  const ceiling = makeSection("Limiter", [makeSwitch(part, "limiter_on", { text: "On", kind: "on" })],
    element("div", { class: "pair" }, element("div", { class: "knobs two" }, makeKnob(part, "ceiling", { text: "Ceiling" }), makeKnob(part, "release", { text: "Release" })), limiter.body));
  const fold = element("button", { type: "button", class: "unfold", title: "All settings" },
    element("span", { class: "visually-hidden", text: "Master settings" }), loudness.glance, icon(FOLD));
  const readings = element("div", { class: "panel readings" }, makeSheetHead(part, () => fold.click()), loudness, eq, ceiling, image);
  const body = element("section", { class: "master", "aria-label": "Master" },
    element("div", { class: "channel" }, element("h2", { class: "name", text: "Master" }), fold, lamp, fader), readings);
  /** @param {boolean} open */
  const show = (open) => {
    readings.hidden = !open;
    body.classList.toggle("unfolded", open);
    fold.setAttribute("aria-expanded", String(open));
    sheet(open);
  };
  const sheet = makeSheet(readings, fold, () => show(false));
  fold.addEventListener("click", () => {
    const open = readings.hidden;
    show(open);
    onFold(open);
  });
  show(unfolded);

  /** @param {Reading} reading */
  const showReading = (reading) => {
    meter.show(reading.peak, reading.rms, reading.limiter_db);
    loudness.show(reading);
    if (readings.hidden) return;
    const share = (reading.correlation + 1) / 2;
    correlation.show(reading.correlation.toFixed(2).replace("-", "−"), Math.min(share, 0.5), Math.abs(share - 0.5));
    correlation.bar.style.setProperty("--fill", `var(${reading.correlation < 0 ? "--mute" : "--info"})`);
    const reduction = Math.abs(reading.limiter_db);
    limiter.show(`${reduction < 0.05 ? "0.0" : `−${reduction.toFixed(1)}`} dB`, 0, Math.min(1, reduction / REDUCTION_WHOLE_DB));
    eq.showSpectrum(reading.spectrum);
  };
  return { body, showReading, fold: () => readings.hidden || fold.click() };
}
