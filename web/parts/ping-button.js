// @ts-check
/** The button of an audio ping: it begins one, is there to cancel it, and shows what was found. */
import { element } from "./dom.js";
import { justMeasured, makeCard } from "./latency-card.js";

/** @typedef {(say: (text: string) => void, signal: AbortSignal) => Promise<{measured: import("../../client/latency.js").Measured, about: string}>} Ping */

/**
 * @param {Ping} ping
 * @returns {{button: HTMLButtonElement, said: HTMLElement, found: HTMLElement, showName: (name: string) => void}}
 */
export function makePingButton(ping) {
  const said = element("output", { class: "small dim" });
  const found = element("details", { class: "more found", hidden: true }, element("summary", { text: "Pings" }));
  const say = (/** @type {string} */ text) => (said.textContent = text);
  let called = "";
  /** @type {AbortController | null} */
  let running = null;
  const button = element("button", {
    type: "button", class: "button",
    click: () => (running ? running.abort(new Error("cancelled")) : void measure()),
  });
  const showState = () => {
    button.textContent = running ? "Cancel" : "Ping";
    button.setAttribute("aria-label", running ? `Cancel the ping of ${called}` : `Ping ${called}`);
  };
  const show = (/** @type {Awaited<ReturnType<Ping>>} */ { measured, about }) => {
    const shown = justMeasured(measured, about);
    say(`median ${shown.p50_ms.toFixed(1)}, p95 ${shown.p95_ms.toFixed(1)} ms`);
    found.querySelector(".card")?.remove();
    found.append(makeCard(shown));
    found.hidden = false;
  };
  const measure = async () => {
    running = new AbortController();
    showState();
    await ping(say, running.signal).then(show, (error) => say(String(error.message ?? error)));
    running = null;
    showState();
  };
  const showName = (/** @type {string} */ name) => {
    called = name;
    showState();
  };
  return { button, said, found, showName };
}
