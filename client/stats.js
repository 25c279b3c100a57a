// @ts-check
/** All that is known about listening, put together for people. */

/**
 * @param {object} of
 * @param {Extract<import("./types.js").FromLine, {kind: "figures"}>["figures"]} of.line
 * @param {import("./heard.js").Heard} of.heard
 * @param {import("./types.js").RtcFigures} of.rtc
 * @param {import("./ear.js").Ear} of.ear
 * @param {import("./types.js").LinkState} of.link
 * @returns {import("./types.js").Stats}
 */
export function uniteStats({ line, heard, rtc, ear, link }) {
  const { path, ...figures } = line;
  const player = heard.figures();
  const { outputMs, node, safety, audible, shared } = ear;
  const byBrowser = path === "audio";
  const heldMs = byBrowser ? rtc.browserBufferMs : player.fillMs;
  const networkMs = figures.roundTripMs / 2;
  return {
    ...figures,
    ...player,
    ...rtc,
    ...(byBrowser ? ofBrowser(rtc) : {}),
    link,
    transport: path,
    codec: path === "webrtc" || byBrowser ? rtc.codec || "Opus" : "PCM",
    shared,
    audible,
    outputMs,
    delayMs: networkMs + heldMs + outputMs,
    delaySplit: { networkMs, heldMs, outputMs },
    contextRateHz: node?.context.sampleRate ?? 0,
    safety,
  };
}

/** What the browser's own player counts, under the names of ours. @param {import("./types.js").RtcFigures} rtc */
function ofBrowser({ packetsReceived, browserConcealedFrames, browserGaps }) {
  return { packets: packetsReceived, concealedFrames: browserConcealedFrames, underruns: browserGaps };
}
