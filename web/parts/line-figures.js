// @ts-check
/** All figures of the line in words. */

/** @param {number} value @param {string} unit @param {number} [digits] */
export const figure = (value, unit, digits = 1) => `${value.toFixed(digits)} ${unit}`;

/** @param {import("../../client/types.js").Stats["delaySplit"]} split */
const delays = ({ networkMs, heldMs, outputMs }) => figure(networkMs, `+ ${heldMs.toFixed(1)} + ${figure(outputMs, "ms")}`);

/**
 * @param {import("../../client/types.js").Stats} stats
 * @param {import("../../client/protocol.js").Status | null} server
 * @param {number} [nowMs] since 1970
 * @returns {[string, string][]}
 */
export function figures(stats, server, nowMs = performance.timeOrigin + performance.now()) {
  /** @type {[string, string][]} */
  const rows = [
    ["Hand to ear, measured", stats.controlToSoundMs ? figure(stats.controlToSoundMs, "ms") : "turn something"],
    ["From the server to the ear", figure(stats.delayMs, "ms")],
    ["of it network, held, output", delays(stats.delaySplit)],
    ["Control round trip", figure(stats.roundTripMs, "ms")],
    ["Arrivals spread by", figure(stats.arrivalP95Ms, "ms (95 %)")],
    ["In hand", `${stats.fillMs.toFixed(1)} of ${figure(stats.targetMs, "ms wanted")}`],
    ["Speed correction", figure(stats.speedPpm, "ppm", 0)],
    ["Underruns, skips", `${stats.underruns}, ${stats.trims}`],
    ["Messages, blocks lost on the way", `${stats.messages}, ${stats.droppedBlocks}`],
    ["The node's clock now", Number.isFinite(stats.clockOffsetMs) ? figure((nowMs + stats.clockOffsetMs) / 1000, "s", 3) : "not known yet"],
    ["Rates", `${stats.streamRateHz / 1000} to ${stats.contextRateHz / 1000} kHz`],
    ["Transport", `${stats.transport}, ${stats.shared ? "shared ring" : "message port"}`],
    ["Why that way", stats.why || "not listening"],
    ["Commands go by", stats.control === "webrtc" ? "data channel" : "WebSocket"],
  ];
  if (stats.transport === "audio" || stats.packets > 0) {
    rows.push(["Jitter, RFC 3550", figure(stats.jitterMs, "ms")]);
    rows.push(["WebRTC round trip, by ICE", stats.rtcRoundTripMs > 0 ? figure(stats.rtcRoundTripMs, "ms") : "not told"]);
  }
  if (stats.transport === "audio") {
    rows.push(["Codec", `${stats.codec}, ${stats.cipher}`]);
    rows.push(["Packets, lost", `${stats.packetsReceived}, ${stats.packetsLost}`]);
    rows.push(["The browser's own buffer", figure(stats.browserBufferMs, "ms")]);
  } else if (stats.packets > 0) {
    const concealed = figure(stats.concealedFrames / 48, "ms", 0);
    rows.push(["Codec", `${stats.codec}, ${stats.cipher}`]);
    rows.push(["Decoder, of those tried", stats.decoderWhy]);
    rows.push(["Packets, by a copy, late", `${stats.packets}, ${stats.recoveredPackets}, ${stats.latePackets}`]);
    rows.push(["Lost, concealed", `${figure(stats.lostFrames / 48, "ms", 0)}, ${concealed}`]);
  }
  if (server) {
    rows.push(["Block, median and p99", `${Math.round(server.block_p50_us)}, ${Math.round(server.block_p99_us)} µs`]);
    rows.push(["Late, skipped blocks", `${server.late_blocks}, ${server.skipped_blocks}`]);
    rows.push(["In the server's ring", `${server.ring_fill_frames} frames`]);
    rows.push(["Listeners of this session", String(server.members)]);
  }
  return rows;
}
