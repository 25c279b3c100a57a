// @ts-check
/** How the line is: one lamp and the delay on the bar; where the delay lies, gaps, members and invitations behind it. */
import { makeSlider } from "./control.js";
import { element } from "./dom.js";
import { makeInvitation } from "./invite.js";
import { LastMinute } from "./last-minute.js";
import { figure, figures } from "./line-figures.js";
import { makeDrawer } from "./drawer.js";
import { makeStages } from "./stages.js";

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {import("../../client/protocol.js").Status} Status */

const STATES = { connecting: "Connecting", open: "Live", waiting: "Reconnecting", closed: "Ended" };
const TRANSPORTS = /** @type {Record<string, string>} */ ({
  websocket: "WebSocket", fetch: "HTTP stream", webrtc: "WebRTC", audio: "WebRTC, played by the browser",
});

/**
 * @param {HTMLElement} place
 * @param {Session} session
 * @param {import("../../client/front-door.js").Entry} entry
 * @param {() => void} listen
 */
export function makeLineView(place, session, entry, listen) {
  const state = element("b", {});
  const delay = element("span", { class: "dim" });
  const headline = element("p", { class: "headline" });
  const split = element("div", {});
  const gaps = element("p", {});
  const list = element("dl", { class: "figures" });
  const members = element("ul", { class: "members" });
  const drawer = makeDrawer({
    title: "Line", kind: "line-drawer", face: [element("i", { class: "lamp" }), state, delay],
    content: [
      headline, split, gaps, makeSafety(session),
      element("h3", { text: "Who is here" }), members, makeInvitation(entry, session.role),
      element("details", {}, element("summary", { text: "All figures" }), list),
    ],
    onOpen: () => show(true),
  });
  const button = element("button", { type: "button", class: "button primary", text: "Listen", click: listen });
  place.replaceChildren(button, drawer.button, drawer.body);
  const minute = new LastMinute(/** @type {const} */ (["underruns", "trims", "droppedBlocks"]));
  /** @type {Status | null} */
  let server = null;

  const show = (isOpen = drawer.isOpen()) => {
    const stats = session.stats();
    const grown = minute.take(performance.now(), stats);
    const transport = TRANSPORTS[stats.transport] ?? stats.transport;
    place.dataset.state = stats.link;
    state.textContent = STATES[stats.link];
    delay.textContent = stats.audible ? figure(stats.delayMs, "ms", 0) : "not listening";
    button.hidden = stats.audible || session.role === "controller";
    place.classList.toggle("gapped", grown.underruns > 0);
    if (!isOpen) return;
    headline.replaceChildren(...headlineOf(stats, transport));
    const { networkMs, heldMs, outputMs } = stats.delaySplit;
    const parts = { network: networkMs, ring: heldMs, output: outputMs };
    split.replaceChildren(...(stats.audible ? makeStages(parts).slice(0, 2) : []));
    gaps.textContent = gapsText(grown);
    list.replaceChildren(...figures(stats, server).flatMap(([name, text]) => [element("dt", { text: name }), element("dd", { text })]));
  };
  const showMembers = () => {
    members.replaceChildren(...session.state.members.map(({ member, name, role }) => element("li", {},
      element("span", { text: name || member }), member === session.member ? element("b", { text: "you" }) : "",
      element("span", { class: "dim", text: role }))));
  };
  for (const event of /** @type {const} */ (["status", "blocked"])) session.on(event, () => show());
  for (const event of /** @type {const} */ (["state", "members"])) session.on(event, showMembers);
  session.on("server", (message) => (server = message));
  show();
  showMembers();
}

/** @param {import("../../client/types.js").Stats} stats @param {string} transport */
function headlineOf(stats, transport) {
  if (!stats.audible) return [`By ${transport}, not listening`];
  const why = stats.why ? `: ${stats.why}` : "";
  return [element("b", { text: figure(stats.delayMs, "ms") }), ` from the server to your ear, by ${transport}${why}`];
}

/** @param {{underruns: number, trims: number, droppedBlocks: number}} grown */
function gapsText({ underruns, trims, droppedBlocks }) {
  const of = (/** @type {number} */ n, /** @type {string} */ one, /** @type {string} */ many) => `${n} ${n === 1 ? one : many}`;
  const words = [
    of(underruns, "gap concealed", "gaps concealed"), of(trims, "surplus cut", "surpluses cut"),
    of(droppedBlocks, "block lost", "blocks lost"),
  ];
  return `In the last minute: ${words.join(", ")}.`;
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
  const about = element("p", { class: "dim small", text: "Fast: least delay, gaps if the line trembles. Safe: more delay, no gaps." });
  return element("div", {},
    element("div", { class: "safety" }, element("span", { text: "fast" }), body, element("span", { text: "safe" })), about);
}
