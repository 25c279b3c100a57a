// @ts-check
/**
 * What the server's filters do to each frequency, from the formulas it designs them with: Simper's state-variable
 * filters, g = tan(pi f / rate) and damping k, whose output is m0 in + m1 band + m2 low. With s = j tan(pi f' / rate) / g
 *
 *     H(f') = m0 + (m1 s + m2) / (s^2 + k s + 1)
 */

/** @typedef {{g: number, k: number, m0: number, m1: number, m2: number}} Design */

export const BUTTERWORTH_Q = Math.SQRT1_2;
const MAXIMUM_OF_RATE = 0.49; // where the server holds frequencies that the rate does not carry

/** @param {number} freqHz @param {number} rateHz */
function warp(freqHz, rateHz) {
  return Math.tan(Math.PI * Math.min(freqHz / rateHz, MAXIMUM_OF_RATE));
}

/** 12 dB an octave. @param {number} freqHz @param {number} q @param {number} rateHz @returns {Design} */
export function highPass(freqHz, q, rateHz) {
  return { g: warp(freqHz, rateHz), k: 1 / q, m0: 1, m1: -1 / q, m2: -1 };
}

/** @param {number} freqHz @param {number} gainDb @param {number} q @param {number} rateHz @returns {Design} */
export function peak(freqHz, gainDb, q, rateHz) {
  const a = 10 ** (gainDb / 40);
  const k = 1 / (q * a);
  return { g: warp(freqHz, rateHz), k, m0: 1, m1: k * (a * a - 1), m2: 0 };
}

/** @param {number} freqHz @param {number} gainDb @param {number} q @param {number} rateHz @returns {Design} */
export function lowShelf(freqHz, gainDb, q, rateHz) {
  const a = 10 ** (gainDb / 40);
  const k = 1 / q;
  return { g: warp(freqHz, rateHz) / Math.sqrt(a), k, m0: 1, m1: k * (a - 1), m2: a * a - 1 };
}

/** @param {number} freqHz @param {number} gainDb @param {number} q @param {number} rateHz @returns {Design} */
export function highShelf(freqHz, gainDb, q, rateHz) {
  const a = 10 ** (gainDb / 40);
  const k = 1 / q;
  return { g: warp(freqHz, rateHz) * Math.sqrt(a), k, m0: a * a, m1: k * (1 - a) * a, m2: 1 - a * a };
}

/**
 * Gain of a design at a frequency, dB.
 * @param {Design} design
 * @param {number} freqHz
 * @param {number} rateHz
 */
export function gainDb({ g, k, m0, m1, m2 }, freqHz, rateHz) {
  const w = Math.tan(Math.PI * Math.min(freqHz / rateHz, 0.499)) / g; // s = j w
  const [real, imaginary] = [1 - w * w, k * w];
  const whole = real * real + imaginary * imaginary;
  const re = m0 + (m2 * real + m1 * w * imaginary) / whole;
  const im = (m1 * w * real - m2 * imaginary) / whole;
  return 10 * Math.log10(Math.max(re * re + im * im, 1e-12));
}

export const BANDS = /** @type {const} */ ([
  { name: "low", design: lowShelf },
  { name: "mid1", design: peak },
  { name: "mid2", design: peak },
  { name: "high", design: highShelf },
]);

/**
 * The filters that are on, from a strip's or the master's values.
 * @param {(parameter: string) => any} value
 * @param {boolean} withHighPass
 * @param {number} rateHz
 */
export function designs(value, withHighPass, rateHz) {
  const made = [];
  if (withHighPass && value("hp_on")) made.push(highPass(value("hp_freq"), BUTTERWORTH_Q, rateHz));
  if (!value("eq_on")) return made;
  for (const { name, design } of BANDS) {
    const gain = value(`eq_${name}_gain`);
    if (gain !== 0) made.push(design(value(`eq_${name}_freq`), gain, value(`eq_${name}_q`), rateHz));
  }
  return made;
}

/** Gain of several in a row, dB. @param {Design[]} all @param {number} freqHz @param {number} rateHz */
export function totalDb(all, freqHz, rateHz) {
  return all.reduce((sum, design) => sum + gainDb(design, freqHz, rateHz), 0);
}
