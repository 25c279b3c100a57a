// @ts-check
/** The desk: a column for every strip, group and aux, and the master, each tied to its parameters and meters. */
import { element } from "./dom.js";
import { Hands } from "./hands.js";
import { makeMaster } from "./master.js";
import { makeStrip } from "./strip.js";

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {import("./law.js").Row} Row */
/** @typedef {Record<string, Record<string, Row>>} Table rows by kind of owner and name */

/**
 * Every column: its address, its place in the table and in the meters.
 * @param {Session} session
 */
function columns({ state }) {
  const strips = state.strips.map(({ id, name, colour }) => ({ id, name, colour, kind: "strip", table: "strip" }));
  const groups = state.groups.map(({ id, name }) => ({ id, name, colour: "", kind: "group", table: "group" }));
  const auxes = state.auxes.map(({ id, name, kind }) => ({ id, name, colour: "", kind: "aux", table: kind }));
  return [...strips, ...groups, ...auxes];
}

/**
 * @param {HTMLElement} place
 * @param {Session} session
 * @param {Table} table
 * @param {(text: string) => void} tell shows what went wrong
 */
export function layOutDesk(place, session, table, tell) {
  /** @type {Map<string, (value: any) => void>} */
  const shows = new Map();
  const hands = new Hands(session, (address) => shows.get(address)?.(session.state.values[address]));
  /** @param {string} owner */
  const turner = (owner) => (/** @type {string} */ parameter, /** @type {number | boolean} */ value) => {
    hands.turn(`${owner}/${parameter}`, value).catch((error) => tell(error.message));
  };
  /** @type {Map<string, import("./meter.js").Meter>} */
  const meters = new Map();
  const strips = element("div", { class: "strips", role: "group", "aria-label": "Strips" });
  for (const { id, name, colour, kind, table: rows } of columns(session)) {
    const owner = `${kind}/${id}`;
    const level = kind === "aux" ? "level" : "fader";
    const label = kind === "strip" ? "" : `${rows[0].toUpperCase()}${rows.slice(1)}`;
    const part = makeStrip({ name: name || id, kind: label, colour, rows: table[rows], level, turn: turner(owner) });
    for (const [parameter, show] of Object.entries(part.show)) shows.set(`${owner}/${parameter}`, show);
    meters.set(kind === "aux" ? id : owner, part.meter);
    strips.append(part.body);
  }
  const master = makeMaster({ rows: table.master, turn: turner("master") });
  shows.set("master/fader", master.show.fader);
  place.replaceChildren(strips, master.body);

  const showAll = () => {
    for (const [address, value] of Object.entries(session.state.values)) shows.get(address)?.(value);
  };
  session.on("state", showAll);
  session.on("change", ({ address, value }) => hands.busy(address) || shows.get(address)?.(value));
  session.on("meters", (reading) => {
    for (const [key, [l, r, rmsL, rmsR, reduction]] of Object.entries({ ...reading.channels, ...reading.auxes })) {
      meters.get(key)?.show([l, r], [rmsL, rmsR], reduction);
    }
    master.showReading(reading.master);
  });
  showAll();
}
