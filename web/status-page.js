// @ts-check
/** The status page: what the server does, who is there, and what this browser can. */
import { api } from "../client/front-door.js";
import { byId, element } from "./parts/dom.js";

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

/** @param {HTMLElement} table @param {[string, string][]} rows */
function showRows(table, rows) {
  const body = table.querySelector("tbody");
  body?.replaceChildren(...rows.map(([name, text]) => element("tr", {}, element("td", { text: name }), element("td", { text }))));
}

async function refresh() {
  const [health, list] = await Promise.all([api("/healthz"), api("/api/sessions")]);
  showTiles(byId("server"), [
    ["Renderer", health.ready ? "ready" : "starting"],
    ["Sessions", String(list.count)],
    ["Running for", duration(health.up_s ?? 0)],
    ["Sessions to open", list.available.join(", ") || "none"],
  ]);
  byId("none").hidden = list.count > 0;
  byId("sessions").hidden = list.count === 0;
  showRows(byId("sessions"), list.sessions.map((/** @type {any} */ one) => [one.name, String(one.members)]));
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
    byId("notice").textContent = `The server does not answer: ${error.message}`;
  });
  setTimeout(loop, EVERY_MS);
}

showBrowser();
void loop();
