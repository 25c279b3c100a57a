// @ts-check
/** The master: fader, level, loudness after EBU R 128, correlation, limiter and spectrum. */
import { element, token } from "./dom.js";
import { makeFader } from "./fader.js";
import { Meter } from "./meter.js";

/** @typedef {import("../../client/protocol.js").MasterMeters} Reading */

const SPECTRUM_BOTTOM_DB = -90;
const SPECTRUM_TOP_DB = 0;

/**
 * @param {object} options
 * @param {Record<string, import("./law.js").Row>} options.rows
 * @param {(parameter: string, value: number | boolean) => void} options.turn
 */
export function makeMaster({ rows, turn }) {
  const fader = makeFader({ row: rows.fader, owner: "Master", onInput: (value) => turn("fader", value) });
  const meter = new Meter({ reduction: true, bar: 10 });
  const way = element("div", { class: "way" }, fader.scale, fader.body, meter.body);
  const loudness = makeLoudness();
  const correlation = makeGauge("Correlation", true);
  const limiter = makeGauge("Limiter", false);
  limiter.bar.style.setProperty("--fill", "var(--reduction)");
  const spectrum = makeSpectrum();
  const readings = element("div", { class: "readings" }, loudness.body, correlation.body, limiter.body, spectrum.body);
  const body = element("section", { class: "master", "aria-label": "Master" },
    element("h2", { class: "name", text: "Master" }),
    element("div", { class: "channel" }, way, fader.field),
    readings);

  /** @param {Reading} reading */
  const showReading = (reading) => {
    meter.show(reading.peak, reading.rms, reading.limiter_db);
    loudness.show(reading);
    const share = (reading.correlation + 1) / 2;
    correlation.show(reading.correlation.toFixed(2).replace("-", "−"), Math.min(share, 0.5), Math.abs(share - 0.5));
    correlation.bar.style.setProperty("--fill", `var(${reading.correlation < 0 ? "--mute" : "--info"})`);
    const reduction = Math.abs(reading.limiter_db);
    limiter.show(`${reduction < 0.05 ? "0.0" : `−${reduction.toFixed(1)}`} dB`, 0, Math.min(1, reduction / 20));
    spectrum.show(reading.spectrum);
  };
  return { body, show: { fader: fader.show }, showReading };
}

function makeLoudness() {
  const body = element("dl", { class: "loudness" });
  /** @type {Record<string, Text>} */
  const values = {};
  const rows = [
    ["integrated", "Integrated", "LUFS", "wide"],
    ["momentary", "Momentary", "LUFS", ""],
    ["short_term", "Short term", "LUFS", ""],
    ["range", "Range", "LU", ""],
    ["true_peak", "True peak", "dBTP", ""],
  ];
  for (const [key, label, unit, kind] of rows) {
    values[key] = document.createTextNode("–");
    const value = element("dd", {}, values[key], " ", element("small", { text: unit }));
    body.append(element("div", { class: kind }, element("dt", { text: label }), value));
  }
  let shownMs = 0;
  /** @param {Reading} reading */
  const show = (reading) => {
    if (performance.now() - shownMs < 190) return; // digits that change faster cannot be read
    shownMs = performance.now();
    for (const [key] of rows) {
      const number = key === "true_peak" ? Math.max(...reading.true_peak) : /** @type {any} */ (reading)[key];
      values[key].data = key !== "range" && number <= -119 ? "−∞" : number.toFixed(1).replace("-", "−");
    }
  };
  return { body, show };
}

/** @param {string} label @param {boolean} centred */
function makeGauge(label, centred) {
  const value = element("span", {});
  const bar = element("i", {});
  const track = element("div", { class: centred ? "track centred" : "track", "aria-hidden": "true" }, bar);
  const body = element("div", { class: "gauge" }, element("span", { text: label }), value, track);
  /** @param {string} text @param {number} from @param {number} width */
  const show = (text, from, width) => {
    value.textContent = text;
    bar.style.left = `${from * 100}%`;
    bar.style.width = `${width * 100}%`;
  };
  show("", 0, 0);
  return { body, bar, show };
}

function makeSpectrum() {
  const canvas = element("canvas", { role: "img", "aria-label": "Third-octave spectrum" });
  const axis = element("div", { class: "axis", "aria-hidden": "true" });
  for (const text of ["20", "100", "500", "2 k", "20 kHz"]) axis.append(element("span", { text }));
  const body = element("div", { class: "spectrum" }, canvas, axis);
  const colour = token("--info");
  /** @param {number[]} bands dB */
  const show = (bands) => {
    const scale = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const context = canvas.getContext("2d");
    if (!context || width === 0 || bands.length === 0) return;
    if (canvas.width !== Math.round(width * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.fillStyle = colour;
    const step = width / bands.length;
    bands.forEach((db, index) => {
      const share = (db - SPECTRUM_BOTTOM_DB) / (SPECTRUM_TOP_DB - SPECTRUM_BOTTOM_DB);
      const bar = Math.max(0, Math.min(1, share)) * height;
      context.fillRect(index * step + 0.5, height - bar, step - 1, bar);
    });
  };
  return { body, show };
}
