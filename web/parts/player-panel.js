// @ts-check
/** One grain player: its recording with the cloud in it, the paper's controls, and the rest behind a fold. */
import { makeChoice, showOptions } from "./choice.js";
import { makeCloudView } from "./cloud-view.js";
import { FRONT, MORE, padNames, placing, randomised, shortLabel } from "./cloud-values.js";
import { element } from "./dom.js";
import { gestureOf } from "./gestures.js";
import { makeKnob } from "./knob.js";
import { makeChosenPad } from "./pad-choice.js";
import { makePingButton } from "./ping-button.js";
import { makeSwitch } from "./switch.js";

/** @typedef {import("./wiring.js").Part} Part */

/**
 * @param {object} options
 * @param {Part} options.part of the strip itself: its mute
 * @param {Part} options.cloud the same strip's grains; turns all players while they go together
 * @param {Part} options.own its grains alone
 * @param {string} options.colour #rrggbb or empty
 * @param {[string, string][]} options.recordings address of a strip, or `recording/...`, and what people read
 * @param {import("./ping-button.js").Ping} options.ping
 */
export function makePlayerPanel({ part, cloud, own, colour, recordings, ping }) {
  const title = element("h2", {});
  const body = element("section", { class: "player" });
  body.style.setProperty("--colour", colour || "var(--edge-strong)");
  const chance = element("button", {
    type: "button", class: "button", text: "Randomise", click: () => cloud.turnMany(randomised(own.rows, Math.random)),
  });
  const pinging = makePingButton(ping);
  const hand = placing(cloud);
  const view = makeCloudView({
    label: part.name || part.owner, mayTurn: part.mayTurn,
    values: () => Object.fromEntries([...FRONT, ...MORE].map((name) => [name, own.value(name)])),
    reads: () => readsOf(own),
    onPick: (position) => hand.turn("grain_position", Math.round(position * 1000) / 1000, gestureOf(view)),
  });
  const others = (/** @type {[string, string][]} */ all) => [["self", "Its own"], ...all.filter(([owner]) => owner !== part.owner)];
  const choice = makeChoice(own, "grain_recording", /** @type {[string, string][]} */ (others(recordings)), { text: "Recording" });
  const showRecordings = (/** @type {[string, string][]} */ all) => showOptions(choice, /** @type {[string, string][]} */ (others(all)));
  const foot = part.mayTurn ? [element("div", { class: "row" }, chance, pinging.button, pinging.said), pinging.found] : [];
  body.append(element("header", {}, title, makeSwitch(part, "mute", { text: "M", kind: "mute" })), view.body,
    knobs(cloud, FRONT), ...foot, makeMore(hand, cloud, choice));
  part.named((name) => {
    title.textContent = name;
    body.setAttribute("aria-label", name);
    chance.setAttribute("aria-label", `Randomise ${name}`);
    pinging.showName(name);
  });
  part.on("mute", (on) => body.classList.toggle("silent", on === true));
  return { body, showPeaks: view.showPeaks, showCloud: view.showCloud, showRecordings };
}

/** Id of the strip whose recording is read, or the address of one that is nobody's own. @param {Part} own */
function readsOf(own) {
  const chosen = String(own.value("grain_recording"));
  return (chosen === "self" ? own.owner : chosen).replace("strip/", "");
}

/** @param {Part} cloud @param {string[]} names */
function knobs(cloud, names) {
  return element("div", { class: "knobs" }, ...names.map((name) => makeKnob(cloud, name, { text: shortLabel(cloud.rows[name]) })));
}

/** The rest, made when it is first unfolded: 64 players need not have it all at once. @param {Part} hand that places the cloud @param {Part} cloud @param {HTMLElement} choice */
function makeMore(hand, cloud, choice) {
  const more = element("details", { class: "more" }, element("summary", { text: "More" }));
  more.addEventListener("toggle", () => {
    if (!more.open || more.childElementCount > 1) return;
    more.append(knobs(cloud, MORE), makeChosenPad(hand, padNames(hand.rows), ["grain_position", "grain_pitch"]), choice);
  });
  return more;
}
