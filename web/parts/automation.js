// @ts-check
/** Automation: write down what hands do while the song plays, see and edit the lanes, throw them away. */
import { makeDrawer } from "./drawer.js";
import { element, replaceRows } from "./dom.js";
import { makeLaneChoice } from "./lane-choice.js";
import { LaneEditor } from "./lane-editor.js";
import { laneName } from "./lane-names.js";
import { rowOf } from "./midi-map.js";

/** @typedef {import("../../client/session.js").Session} Session */

/**
 * @param {Session} session
 * @param {import("./columns.js").Table} table
 * @param {import("./timeline.js").Timeline} timeline
 * @param {(command: import("../../client/types.js").Command) => void} send
 */
export function makeAutomation(session, table, timeline, send) {
  const find = (/** @type {string} */ address) => rowOf(table, session.state.auxes, address);
  const editor = new LaneEditor(timeline, session, { rowOf: find, nameOf: (address) => laneName(session, table, address) }, send);
  const exists = (/** @type {string} */ address) => address in session.state.values && find(address)?.law !== "choice";
  const record = element("button", {
    type: "button", class: "button record", "aria-pressed": "false", text: "Record moves",
    click: () => send({ type: "automation_record", addresses: null, on: !isArmed(session) }),
  });
  const list = element("ul", { class: "lanes" });
  const none = element("p", { class: "dim", text: "No lanes yet. Record, press play, and move anything: its lane appears here. Or draw one." });
  const clear = element("button", {
    type: "button", class: "button", text: "Clear all lanes", click: () => send({ type: "automation_clear", address: null }),
  });
  const face = element("span", { text: "Automation" });
  const lamp = element("i", { class: "lamp" });

  const show = () => {
    const armed = isArmed(session);
    record.setAttribute("aria-pressed", String(armed));
    lamp.classList.toggle("on", armed);
    const lanes = Object.entries(session.state.lanes ?? {}).sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }));
    none.hidden = lanes.length > 0;
    clear.hidden = lanes.length === 0;
    if (editor.address && !lanes.some(([address]) => address === editor.address)) editor.show("");
    replaceRows(list, lanes.map(([address, points]) => makeLane(address, points.length)));
  };
  /** @param {string} address @param {number} count */
  const makeLane = (address, count) => {
    const look = () => {
      editor.show(editor.address === address ? "" : address);
      show();
    };
    return element("li", { class: "row" },
      element("button", {
        type: "button", class: "button wide", text: laneName(session, table, address), title: address,
        "aria-pressed": String(editor.address === address), click: look,
      }),
      element("span", { class: "dim small", text: `${count} ${count === 1 ? "point" : "points"}` }),
      element("button", {
        type: "button", class: "button", text: "Clear", "aria-label": `Clear ${laneName(session, table, address)}`,
        click: () => send({ type: "automation_clear", address }),
      }));
  };
  for (const event of /** @type {const} */ (["lanes", "armed", "described", "state"])) session.on(event, show);
  show();
  return makeDrawer({
    title: "Automation", kind: "automation-drawer", face: [lamp, face],
    content: [
      element("div", { class: "row" }, record, element("span", { class: "dim small", text: "While the song plays, what you move is written down; your hand wins while it holds." })),
      list, none, clear, makeLaneChoice(session, table, exists, (address) => {
        send({ type: "automation_write", address, points: [[0, session.state.values[address]]], from_s: 0, to_s: 0 });
        editor.show(address);
      }),
      element("p", { class: "dim small", text: "A chosen lane is drawn over the waveforms: drag its points, double-click for a new one, Delete takes one away." }),
    ],
  });
}

/** Whether hands are written down now. @param {Session} session */
function isArmed({ state: { armed } }) {
  return armed === null || (armed?.length ?? 0) > 0;
}
