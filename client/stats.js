// @ts-check
/** All that is known about listening, put together for people. */

/**
 * @param {object} of
 * @param {Extract<import("./types.js").FromLine, {kind: "figures"}>["figures"]} of.line
 * @param {import("./heard.js").Heard} of.heard
 * @param {import("./types.js").RtcFigures} of.rtc
 * @param {import("./ear.js").Ear} of.ear
 * @param {import("./types.js").LinkState} of.link
 * @param {boolean} of.shared
 * @returns {import("./types.js").Stats}
 */
export function uniteStats({ line, heard, rtc, ear, link, shared }) {
  const { path, ...figures } = line;
  const player = heard.figures();
  const { outputMs, node, safety, audible } = ear;
  const heldMs = path === "audio" ? rtc.browserBufferMs : player.fillMs;
  const networkMs = figures.roundTripMs / 2;
  return {
    ...figures,
    ...player,
    ...rtc,
    link,
    transport: path,
    codec: path === "webrtc" || path === "audio" ? rtc.codec || "Opus" : "PCM",
    shared,
    audible,
    outputMs,
    delayMs: networkMs + heldMs + outputMs,
    delaySplit: { networkMs, heldMs, outputMs },
    contextRateHz: node?.context.sampleRate ?? 0,
    safety,
  };
}
