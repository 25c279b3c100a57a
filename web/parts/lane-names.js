// @ts-check
/** Addresses that can have a lane, in words: by the columns' names and the parameters' labels. */
import { columns, rowsOf } from "./columns.js";
import { drawable } from "./lane-curve.js";

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {import("./columns.js").Table} Table */
/** @typedef {{address: string, label: string}} Named */

/**
 * Every column that has something to draw, with what that is, and the master last.
 * @param {Pick<Session, "state">} session
 * @param {Table} table
 * @returns {{name: string, owner: string, parameters: Named[]}[]}
 */
export function laneOwners(session, table) {
  const { values, auxes } = session.state;
  const all = columns(session).map((column) => ({ ...column, rows: rowsOf(column, table, auxes) }));
  const owners = [...all, { owner: "master", name: "Master", rows: table.master }, { owner: "session", name: "Session", rows: table.session }];
  return owners.map(({ owner, name, rows }) => ({
    owner, name,
    parameters: Object.entries(rows ?? {}).filter(([key, row]) => `${owner}/${key}` in values && drawable(row))
      .map(([key, row]) => ({ address: `${owner}/${key}`, label: row.label })),
  })).filter(({ parameters }) => parameters.length > 0);
}

/**
 * An address in words: "Cello: Fader".
 * @param {Pick<Session, "state">} session
 * @param {Table} table
 * @param {string} address
 */
export function laneName(session, table, address) {
  const [kind, id] = address.split("/");
  const column = columns(session).find(({ owner }) => owner === `${kind}/${id}`);
  if (!column) return table[kind]?.[id] ? `${kind === "master" ? "Master" : "Session"}: ${table[kind][id].label}` : address;
  const key = address.slice(column.owner.length + 1);
  return `${column.name}: ${rowsOf(column, table, session.state.auxes)[key]?.label ?? key}`;
}
