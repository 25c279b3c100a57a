// @ts-check
/** What an aux does to what it is sent: a reverb or a delay. */
import { makeChoice, showOptions } from "./choice.js";
import { rooms } from "./columns.js";
import { makeTools } from "./channel-panel.js";
import { element } from "./dom.js";
import { makeKnob } from "./knob.js";
import { display } from "./law.js";
import { makeSection } from "./section.js";
import { makeSwitch } from "./switch.js";

/** @typedef {import("./wiring.js").Part} Part */

/**
 * @param {Part} part
 * @param {{id: string, name: string}[]} impulses
 * @param {import("./notice.js").Tell} tell
 */
export function makeReverbPanel(part, impulses, tell) {
  const choice = makeChoice(part, "impulse", rooms(impulses), { text: "Impulse" });
  const knobs = element("div", { class: "knobs two" },
    makeKnob(part, "predelay", { text: "Pre-delay" }), makeKnob(part, "level", { text: "Wet" }),
    makeKnob(part, "low_damp", { text: "Low damp" }), makeKnob(part, "high_damp", { text: "High damp" }));
  const body = element("div", { class: "panel narrow" }, makeSection("Reverb", [makeTools(part, tell)], choice, knobs));
  return { body, showImpulses: (/** @type {{id: string, name: string}[]} */ now) => showOptions(choice, rooms(now)) };
}

/** @param {Part} part @param {import("./notice.js").Tell} tell */
export function makeDelayPanel(part, tell) {
  const time = makeKnob(part, "time", { text: "Time" });
  const beats = makeKnob(part, "beats", { text: "Beats" });
  part.on("sync", (sync) => {
    time.hidden = sync === true;
    beats.hidden = sync !== true;
  });
  const knobs = element("div", { class: "knobs two" }, time, beats, makeKnob(part, "level", { text: "Wet" }),
    makeKnob(part, "feedback", { text: "Feedback" }), makeKnob(part, "cross", { text: "Cross-feed" }),
    makeKnob(part, "low_cut", { text: "Low cut" }), makeKnob(part, "high_cut", { text: "High cut" }));
  const sync = makeSwitch(part, "sync", { text: "Time in beats", kind: "on" });
  const body = element("div", { class: "panel narrow" }, makeSection("Delay", [makeTools(part, tell)], element("div", { class: "choice-row" }, sync), knobs));
  return { body };
}

/**
 * What a folded aux shows of itself: its room, or its time.
 * @param {Part} part
 * @param {() => {id: string, name: string}[]} impulses that there are now
 */
export function makeAuxGlance(part, impulses) {
  const body = element("span", { class: "glance words" });
  if (part.rows.impulse) {
    part.on("impulse", (id) => (body.textContent = impulses().find((impulse) => impulse.id === id)?.name || id));
    return body;
  }
  const show = () => {
    const name = part.value("sync") === true ? "beats" : "time";
    body.textContent = display(part.rows[name], Number(part.value(name)));
  };
  for (const name of ["sync", "beats", "time"]) part.on(name, show);
  return body;
}
