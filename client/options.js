// @ts-check
/** What `connect` may be told, and what follows from it. */

/**
 * @typedef {object} ConnectOptions
 * @property {string} url of the session's WebSocket: `links.ws`
 * @property {string} token
 * @property {string} [name] to be shown to the other members
 * @property {number} [metersHz] 0 to 30
 * @property {number} [safety] 0 fast to 1 safe
 * @property {"auto" | "websocket" | "fetch"} [transport] auto: fetch in Firefox
 * @property {"f32" | "s16" | "s24"} [encoding]
 * @property {number} [frames] of one audio message, 120 to 4096
 * @property {boolean} [shared] false: no SharedArrayBuffer, even where there could be one
 * @property {number} [contextRateHz] rate of the AudioContext; the device's own if absent
 * @property {AudioContextLatencyCategory | number} [latencyHint]
 */

/**
 * @param {ConnectOptions} options
 * @param {SharedArrayBuffer | null} memory
 * @returns {import("./types.js").LineOptions}
 */
export function lineOptions(options, memory) {
  const { url, token, name = "", metersHz = 25, encoding = "f32", frames = 240 } = options;
  const audio = { encoding, frames, channels: 2 };
  const transport = chooseTransport(options.transport ?? "auto");
  return { url, token, name, metersHz, audio, transport, memory, streamUrl: streamUrl(url, token, audio) };
}

/** @param {"auto" | "websocket" | "fetch"} wanted @returns {"websocket" | "fetch"} */
function chooseTransport(wanted) {
  if (wanted !== "auto") return wanted;
  return /\bFirefox\//.test(globalThis.navigator?.userAgent ?? "") ? "fetch" : "websocket";
}

/**
 * @param {string} url of the WebSocket
 * @param {string} token
 * @param {{encoding: string, frames: number, channels: number}} audio
 */
function streamUrl(url, token, { encoding, frames, channels }) {
  const stream = new URL(url.replace(/^ws/, "http").replace(/\/ws$/, "/stream"));
  for (const [key, value] of Object.entries({ format: "raw", encoding, frames, channels, token })) {
    stream.searchParams.set(key, String(value));
  }
  return stream.href;
}
