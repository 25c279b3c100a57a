// @ts-check
/**
 * Our controls in a page of your own: import this, write `<tel-fader address="strip/1/fader">` and the like into the
 * page, and `wire` them to a session. docs/client.md lists the elements.
 */
import "./choice.js";
import "./compressor-panel.js";
import "./eq-panel.js";
import "./fader.js";
import "./knob.js";
import "./loudness.js";
import "./meter.js";
import "./slider.js";
import "./switch.js";
import "./xy-pad.js";
import { byName, columns, keys, outputs, rooms, rowsOf } from "./columns.js";
import { provide } from "./component.js";
import { Wiring } from "./wiring.js";

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {import("./law.js").Row} Row */

/**
 * The page's controls are those of this session, also those that come later.
 * @param {Session} session
 * @param {Record<string, Row[]>} parameters the server's table, `GET /api/parameters`
 * @param {(text: string) => void} [tell] what was refused, and what the page's HTML has wrong
 */
export function wire(session, parameters, tell = (text) => console.error(text)) {
  const table = byName(parameters);
  const wiring = new Wiring(session, tell);
  /** @param {string} owner */
  const part = (owner) => {
    if (owner === "master") return wiring.part(owner, "Master", table.master);
    const column = columns(session).find((each) => each.owner === owner);
    if (!column) throw new Error(`the session has no such part, but ${[...columns(session).map((each) => each.owner), "master"].join(", ")}`);
    const rows = Object.entries({ ...table.grains, ...rowsOf(column, table, session.state.auxes) }).filter(([name]) => `${owner}/${name}` in session.state.values);
    return wiring.part(owner, column.name, Object.fromEntries(rows));
  };
  /** @param {string} owner @param {string} parameter */
  const options = (owner, parameter) => {
    if (parameter === "output") return outputs(columns(session), owner);
    if (parameter === "comp_key") return keys(columns(session), owner);
    if (parameter === "impulse") return rooms(session.state.impulses);
    throw new Error(`${parameter} is no choice`);
  };
  provide({ session, part, options, tell });
  for (const event of /** @type {const} */ (["described", "state"])) {
    session.on(event, () => wiring.rename(columns(session).map(({ owner, name }) => [owner, name])));
  }
}
