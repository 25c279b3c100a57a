// @ts-check
/** What columns a session has, the rows of the parameter table that each has, and which of them one may choose where. */

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {import("./law.js").Row} Row */
/** @typedef {Record<string, Record<string, Row>>} Table kinds of part; rows by name */
/** @typedef {{owner: string, id: string, name: string, colour?: string, kind: string, table: string}} Column */
/** @typedef {[string, string][]} Options value and what people read */

/** Rows by their name. @param {Record<string, Row[]>} parameters @returns {Table} */
export function byName(parameters) {
  return Object.fromEntries(Object.entries(parameters).map(([kind, rows]) => [kind, Object.fromEntries(rows.map((row) => [row.name, row]))]));
}

/** Strips, groups and auxes, in this order. @param {Pick<Session, "state">} session @returns {Column[]} */
export function columns({ state }) {
  const strips = state.strips.map(({ id, name, colour }) => ({ id, name, colour, kind: "strip", table: "strip" }));
  const groups = state.groups.map((group) => ({ ...group, kind: "group", table: "group" }));
  const auxes = state.auxes.map(({ kind: table, ...aux }) => ({ ...aux, kind: "aux", table }));
  return [...strips, ...groups, ...auxes].map((column) => ({ ...column, owner: `${column.kind}/${column.id}`, name: column.name || column.id }));
}

/**
 * A column's rows: for a channel with its sends, whose labels name the aux.
 * @param {Pick<Column, "kind" | "table">} column
 * @param {Table} table
 * @param {{id: string, name: string}[]} auxes
 */
export function rowsOf({ kind, table: name }, table, auxes) {
  if (kind === "aux") return table[name];
  /** @type {Record<string, Row>} */
  const rows = { ...table[name] };
  for (const aux of auxes) {
    for (const row of Object.values(table.send)) {
      rows[`${row.name}/${aux.id}`] = { ...row, get label() {
        return `${row.label}: ${aux.name || aux.id}`;
      } };
    }
  }
  return rows;
}

/** Where a channel may go. @param {Column[]} all @param {string} owner whose output it is @returns {Options} */
export function outputs(all, owner) {
  return [["master", "Master"], ...named(all.filter(({ kind }) => kind === "group"), owner)];
}

/** What a channel's compressor may listen to. @param {Column[]} all @param {string} owner @returns {Options} */
export function keys(all, owner) {
  return [["self", "Itself"], ...named(all.filter(({ kind }) => kind !== "aux"), owner)];
}

/** Impulse responses. @param {{id: string, name: string}[]} impulses @returns {Options} */
export function rooms(impulses) {
  return [["", "None"], ...impulses.map(({ id, name }) => /** @type {[string, string]} */ ([id, name || id]))];
}

/** @param {Column[]} all @param {string} but @returns {Options} */
function named(all, but) {
  return all.filter(({ owner }) => owner !== but).map(({ owner, name }) => [owner, name]);
}
