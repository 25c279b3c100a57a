// @ts-check
/**
 * The compressor's static curve with a quadratic knee, as the server computes it (Giannoulis, Massberg, Reiss,
 * J. Audio Eng. Soc. 60(6), 2012).
 */

/**
 * @typedef {object} Curve
 * @property {number} thresholdDb
 * @property {number} ratio
 * @property {number} kneeDb
 * @property {number} makeupDb
 */

/**
 * What is taken from a level, dB, 0 or more.
 * @param {Curve} curve
 * @param {number} levelDb
 */
export function reductionDb({ thresholdDb, ratio, kneeDb }, levelDb) {
  const over = levelDb - thresholdDb;
  const inside = Math.min(Math.max(over + kneeDb / 2, 0), kneeDb);
  const bent = kneeDb > 0 ? (inside * inside) / (2 * kneeDb) : 0;
  return (1 - 1 / ratio) * (bent + Math.max(over - kneeDb / 2, 0));
}

/** What comes out, dB. @param {Curve} curve @param {number} levelDb */
export function outputDb(curve, levelDb) {
  return levelDb - reductionDb(curve, levelDb) + curve.makeupDb;
}
