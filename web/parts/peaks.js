// @ts-check
/** Waveforms as the server computed them once: `GET /api/sessions/{id}/peaks`, see docs/your-music.md. */

/**
 * @typedef {object} Peaks
 * @property {number} binS seconds of one bin
 * @property {number} startS where the first bin begins
 * @property {number} bins
 * @property {Record<string, {low: Int8Array, high: Int8Array, rms: Uint8Array}>} strips by id; 127 and 255 are full scale
 */

const MAGIC = "TELPEAK1";
const HEAD = 12;

/**
 * @param {ArrayBuffer} bytes
 * @returns {Peaks}
 * @throws {Error} if they are no waveforms
 */
export function readPeaks(bytes) {
  const text = new TextDecoder();
  if (bytes.byteLength < HEAD || text.decode(new Uint8Array(bytes, 0, 8)) !== MAGIC) {
    throw new Error("the server's waveforms are of a kind that this page does not know; load the page again");
  }
  const length = new DataView(bytes).getUint32(8, true);
  const head = JSON.parse(text.decode(new Uint8Array(bytes, HEAD, length)));
  const { bins } = head;
  /** @type {Peaks["strips"]} */
  const strips = {};
  head.strips.forEach((/** @type {string} */ id, /** @type {number} */ index) => {
    const at = HEAD + length + 3 * bins * index;
    strips[id] = {
      low: new Int8Array(bytes, at, bins), high: new Int8Array(bytes, at + bins, bins),
      rms: new Uint8Array(bytes, at + 2 * bins, bins),
    };
  });
  const binS = head.bin_frames / head.sample_rate_hz;
  return { binS, startS: head.first_bin * binS, bins, strips };
}

/**
 * @param {import("../../client/front-door.js").Entry} entry
 * @param {{startS: number, endS: number, points: number, recordings?: string[]}} wanted recordings: ids, beside all strips
 * @param {AbortSignal} signal
 * @returns {Promise<Peaks>}
 */
export async function fetchPeaks({ session, token }, { startS, endS, points, recordings = [] }, signal) {
  const query = new URLSearchParams({
    start_s: startS.toFixed(3), end_s: endS.toFixed(3), points: String(Math.min(4096, Math.max(16, points))),
    ...(recordings.length ? { recordings: recordings.join(",") } : {}),
  });
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`/api/sessions/${encodeURIComponent(session)}/peaks?${query}`, { headers, signal });
  if (!answer.ok) throw new Error(`the waveforms did not come: the server answered ${answer.status}`);
  return readPeaks(await answer.arrayBuffer());
}

/**
 * The extremes of the bins that lie under one column of pixels.
 * @param {Peaks} peaks
 * @param {string} strip
 * @param {number} fromS
 * @param {number} toS
 * @returns {[number, number, number] | null} lowest, highest (-1 to 1), RMS (0 to 1); null where there is nothing
 */
export function extremes(peaks, strip, fromS, toS) {
  const part = peaks.strips[strip];
  const first = Math.max(0, Math.floor((fromS - peaks.startS) / peaks.binS));
  const last = Math.min(peaks.bins - 1, Math.max(first, Math.ceil((toS - peaks.startS) / peaks.binS) - 1));
  if (!part || toS < peaks.startS || first > last) return null;
  let [low, high, power] = [127, -128, 0];
  for (let bin = first; bin <= last; bin++) {
    low = Math.min(low, part.low[bin]);
    high = Math.max(high, part.high[bin]);
    power += part.rms[bin] ** 2;
  }
  return [low / 127, high / 127, Math.sqrt(power / (last - first + 1)) / 255];
}
