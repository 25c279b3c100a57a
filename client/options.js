// @ts-check
/** What `connect` may be told, and what follows from it. */
import { webRtcAbility } from "./webrtc.js";

/**
 * @typedef {object} ConnectOptions
 * @property {string} url of the session's WebSocket: `links.ws`
 * @property {string} token
 * @property {string} [name] to be shown to the other members
 * @property {number} [metersHz] 0 to 30
 * @property {number} [safety] 0 fast to 1 safe
 * @property {import("./types.js").WantedTransport} [transport] auto: PCM by WebSocket (in Firefox by fetch) while the
 *   line is short, else WebRTC; webrtc: from the beginning; audio: that, played by the browser's own buffer
 * @property {"f32" | "s16" | "s24"} [encoding]
 * @property {number} [frames] of one audio message, 120 to 4096; 240 if absent, and 2.5 ms for who may change the sound
 * @property {import("./protocol.js").OpusRequest} [opus] what WebRTC's Opus is to be like
 * @property {boolean} [shared] false: no SharedArrayBuffer, even where there could be one
 * @property {number} [contextRateHz] rate of the AudioContext; the device's own if absent
 * @property {AudioContextLatencyCategory | number} [latencyHint]
 */

/** @type {import("./types.js").WantedTransport[]} */
const WANTED = ["auto", "webrtc", "audio", "websocket", "fetch"];

/**
 * @param {ConnectOptions} options
 * @param {SharedArrayBuffer | null} memory
 * @throws {RangeError} if `transport` is none of ours
 * @returns {import("./types.js").LineOptions}
 */
export function lineOptions(options, memory) {
  const { url, token, name = "", metersHz = 25, encoding = "f32", frames = 240, transport: wanted = "auto" } = options;
  if (!WANTED.includes(wanted)) throw new RangeError(`transport is ${wanted}; allowed: ${WANTED.join(", ")}`);
  const audio = { encoding, frames, channels: 2 };
  const opus = { frame_ms: 5, ...options.opus };
  const ability = webRtcAbility();
  const playing = wanted === "audio" && ability !== "none" ? "audio" : ability;
  const pcm = wanted === "fetch" || (wanted !== "websocket" && isFirefox()) ? "fetch" : "websocket";
  const short = options.frames === undefined && memory !== null && pcm === "websocket";
  return {
    url, token, name, metersHz, audio, short, opus, wanted, pcm, playing, memory, streamUrl: streamUrl(url, token, audio),
  };
}

function isFirefox() {
  return /\bFirefox\//.test(globalThis.navigator?.userAgent ?? "");
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
