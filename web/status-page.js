// @ts-check
/** The status page: what the server does, who is there, and what this browser can. */
import { api } from "../client/front-door.js";
import { byId, element } from "./parts/dom.js";
import { makePlot } from "./parts/plot.js";

const EVERY_MS = 2000;

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** @param {HTMLElement} place @param {[string, string][]} rows */
function showTiles(place, rows) {
  place.replaceChildren(...rows.map(([name, text]) => element("div", {}, element("dt", { text: name }), element("dd", { text }))));
}

/** @param {HTMLElement} table @param {string[][]} rows the first of each is its head */
function showRows(table, rows) {
  const cells = (/** @type {string[]} */ [name, ...rest]) => [
    element("th", { scope: "row", text: name }), ...rest.map((text) => element("td", { text })),
  ];
  table.querySelector("tbody")?.replaceChildren(...rows.map((row) => element("tr", {}, ...cells(row))));
}

const megabytes = (/** @type {number} */ bytes) => `${Math.round(bytes / 2 ** 20)} MB`;
const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
const plots = {
  load: makePlot("Load, of one core", percent),
  sessions: makePlot("Sessions", String),
  members: makePlot("Members", String),
  late_blocks: makePlot("Late blocks", String),
  skipped_blocks: makePlot("Skipped blocks", String),
  memory_bytes: makePlot("Memory", megabytes),
};

async function refresh() {
  /** @type {import("../client/protocol.js").ServerStatus} */
  const status = await api("/api/status");
  const { history, sessions } = status;
  showTiles(byId("server"), [
    ["Renderer", status.ready ? "ready" : "starting"],
    ["Running for", duration(status.up_s)],
    ["Sessions", `${sessions.length} of ${status.maximum_sessions}`],
    ["Late, skipped blocks", `${status.late_blocks}, ${status.skipped_blocks}`],
    ["Memory", megabytes(status.memory_bytes)],
    ["Real-time clock", status.realtime ? "granted" : "not granted"],
    ["Uploads", `${status.uploads}, ${megabytes(status.upload_bytes)}`],
  ]);
  for (const [name, plot] of Object.entries(plots)) plot.show(history[/** @type {keyof typeof plots} */ (name)]);
  byId("span").textContent = `The last ${duration(history.every_s * history.load.length)}, a look every ${history.every_s} s`;
  byId("none").hidden = sessions.length > 0;
  byId("sessions").hidden = sessions.length === 0;
  showRows(byId("sessions"), sessions.map(({ name, members, playing, cost_us, load, beside = [] }) => [
    name, String(members), playing ? "plays" : "holds", `${cost_us.toFixed(0)} µs`, percent(load),
    beside.join("; "),
  ]));
  byId("notice").hidden = true;
}

function showBrowser() {
  const yes = (/** @type {boolean} */ there) => (there ? "yes" : "no");
  showRows(byId("browser"), [
    ["AudioWorklet (needs https or localhost)", yes("AudioWorkletNode" in globalThis)],
    ["Cross-origin isolated: shared ring", yes(globalThis.crossOriginIsolated)],
    ["Sound by", /\bFirefox\//.test(navigator.userAgent) ? "streaming fetch" : "WebSocket"],
    ["Processors", String(navigator.hardwareConcurrency)],
  ]);
}

async function loop() {
  await refresh().catch((error) => {
    byId("notice").hidden = false;
    byId("notice").textContent = `The server does not answer (${error.message}). What stands here is old; the page asks again every ${EVERY_MS / 1000} s.`;
  });
  setTimeout(loop, EVERY_MS);
}

byId("plots").replaceChildren(...Object.values(plots).map(({ body }) => body));
showBrowser();
void loop();
