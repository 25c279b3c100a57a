// @ts-check
/** The audio ping of a Csound piece that answers one: as `/ping/freq` with a pitch it has a burst of 20 ms played. */
import { element } from "./dom.js";
import { makePingButton } from "./ping-button.js";
import { PlayerPing } from "./player-ping.js";
import { whySilent } from "./silence.js";

/** @typedef {import("../../client/protocol.js").OrchestraControl} Control */

const ADDRESS = "/ping/freq"; // as CloudOrch's players have it
const FREQ_HZ = 1000;
const SILENT_DB = -60; // above it the burst's beginning is not found
const NAME = "Csound";

/**
 * @param {object} options
 * @param {import("../../client/session.js").Session} options.session
 * @param {import("../../client/front-door.js").Entry} options.entry
 * @param {Control[]} options.controls
 * @param {Pick<PlayerPing, "run" | "body">} [options.pings]
 * @returns {HTMLElement | null} null for a piece that answers no ping
 */
export function makePiecePing({ session, entry, controls, pings = new PlayerPing({ session, entry }) }) {
  const control = controls.find(({ address, arguments: list = [] }) => address === ADDRESS && list.length === 1 && (list[0].type ?? "f") === "f");
  if (!control?.arguments) return null;
  const { host, arguments: [{ minimum = 0, maximum = 1 }] } = control;
  let peakDb = -Infinity;
  session.on("meters", ({ master: { peak } }) => (peakDb = Math.max(...peak)));
  const whyNot = () => {
    const silent = session.state.strips.map(({ id }) => whySilent(session.state, `strip/${id}`));
    if (silent.every(Boolean)) return `it cannot be heard: ${silent[0]}`;
    return peakDb > SILENT_DB ? "the piece sounds: turn down what sounds, a ping is found in silence" : "";
  };
  const { button, said, found, showName } = makePingButton((say, signal) => {
    const why = whyNot();
    if (why) return Promise.reject(new Error(why));
    const freqHz = Math.max(minimum, Math.min(maximum, FREQ_HZ));
    return pings.run({ name: NAME, host, address: ADDRESS, freqHz }, say, signal);
  });
  showName(NAME);
  return element("section", { "aria-label": "Audio ping" }, element("h2", { text: "Audio ping" }),
    pings.body, element("div", { class: "row" }, button, said), found);
}
