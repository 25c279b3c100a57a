// @ts-check
/** How the line is: one lamp and two figures; all of them in a fold-out; and the slider from fast to safe. */
import { makeSlider } from "./control.js";
import { element } from "./dom.js";

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {import("../../client/types.js").Stats} Stats */
/** @typedef {import("../../client/protocol.js").Status} Status */

const STATES = { connecting: "Connecting", open: "Live", waiting: "Reconnecting", closed: "Ended" };

/** @param {number} value @param {string} unit @param {number} [digits] */
const figure = (value, unit, digits = 1) => `${value.toFixed(digits)} ${unit}`;

/**
 * @param {Stats} stats
 * @param {Status | null} server
 * @returns {[string, string][]}
 */
function figures(stats, server) {
  /** @type {[string, string][]} */
  const rows = [
    ["Hand to ear, measured", stats.controlToSoundMs ? figure(stats.controlToSoundMs, "ms") : "turn something"],
    ["Control round trip", figure(stats.roundTripMs, "ms")],
    ["Arrivals spread by", figure(stats.arrivalP95Ms, "ms (95 %)")],
    ["In hand", `${stats.fillMs.toFixed(1)} of ${figure(stats.targetMs, "ms wanted")}`],
    ["Output, says the browser", figure(stats.outputMs, "ms")],
    ["Speed correction", figure(stats.speedPpm, "ppm", 0)],
    ["Underruns, skips", `${stats.underruns}, ${stats.trims}`],
    ["Blocks lost on the way", String(stats.droppedBlocks)],
    ["Rates", `${stats.streamRateHz / 1000} to ${stats.contextRateHz / 1000} kHz`],
    ["Transport", `${stats.transport}, ${stats.shared ? "shared ring" : "message port"}`],
  ];
  if (server) {
    rows.push(["Block, median and p99", `${Math.round(server.block_p50_us)}, ${Math.round(server.block_p99_us)} µs`]);
    rows.push(["Late, skipped blocks", `${server.late_blocks}, ${server.skipped_blocks}`]);
    rows.push(["Listeners of this session", String(server.members)]);
  }
  return rows;
}

/**
 * @param {HTMLElement} place
 * @param {Session} session
 * @param {() => void} listen
 */
export function makeLineView(place, session, listen) {
  const state = element("b", {});
  const delay = element("span", { class: "dim" });
  const gaps = element("span", { class: "dim" });
  const list = element("dl", { class: "figures" });
  const summary = element("summary", {}, element("i", { class: "lamp" }), state, delay, gaps);
  const details = element("details", {}, summary, list);
  const button = element("button", { type: "button", class: "button", text: "Listen", click: listen });
  place.replaceChildren(button, makeSafety(session), details);
  /** @type {Status | null} */
  let server = null;

  const show = () => {
    const stats = session.stats();
    place.dataset.state = stats.link;
    state.textContent = STATES[stats.link];
    delay.textContent = stats.audible ? figure(stats.delayMs, "ms", 0) : "not listening";
    gaps.textContent = `${stats.underruns} ${stats.underruns === 1 ? "underrun" : "underruns"}`;
    gaps.hidden = !stats.audible;
    button.hidden = stats.audible || session.role === "controller";
    if (details.open) showFigures(list, figures(stats, server));
  };
  details.addEventListener("toggle", show);
  session.on("status", show);
  session.on("blocked", show);
  session.on("server", (message) => (server = message));
  show();
}

/** @param {HTMLElement} list @param {[string, string][]} rows */
function showFigures(list, rows) {
  list.replaceChildren(...rows.flatMap(([name, text]) => [element("dt", { text: name }), element("dd", { text })]));
}

/** @param {Session} session */
function makeSafety(session) {
  const body = element("div", { class: "slider" }, element("i", { class: "cap" }));
  /** @type {import("./law.js").Row} */
  const row = { name: "safety", label: "Fast to safe", unit: "", law: "linear", default: 0.25, allowed: "", minimum: 0, maximum: 1 };
  makeSlider(body, {
    row, label: "Playout, fast to safe", value: session.safety,
    onInput: (value) => (session.safety = value),
    say: (value) => `${Math.round(value * 100)} percent safe`,
  });
  const title = "Fast: least delay, gaps if the line trembles. Safe: more delay, no gaps.";
  return element("div", { class: "safety", title }, element("span", { text: "fast" }), body, element("span", { text: "safe" }));
}
