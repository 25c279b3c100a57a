// @ts-check
/** The parameters page: the server's table, to be searched. */
import { api } from "../client/front-door.js";
import { byId, element } from "./parts/dom.js";
import { spoken } from "./parts/law.js";

/** @typedef {import("./parts/law.js").Row} Row */

const LAWS = /** @type {Record<string, string>} */ ({ db: "decibels", log: "logarithmic", linear: "linear" });
const find = /** @type {HTMLInputElement} */ (byId("find"));

/** @param {Row} row */
function defaultText(row) {
  if (typeof row.default === "boolean") return row.default ? "on" : "off";
  return typeof row.default === "number" ? spoken(row, row.default) : row.default || "none";
}

/** @param {string} kind @param {Row} row */
function makeRow(kind, row) {
  const cells = [row.label, row.allowed, defaultText(row), LAWS[row.law] ?? row.law];
  const made = element("tr", {}, element("th", { scope: "row" }, element("code", { text: row.name })),
    ...cells.map((text) => element("td", { text })));
  made.dataset.words = `${kind} ${row.name} ${row.unit} ${cells.join(" ")}`.toLowerCase();
  return made;
}

/** @param {string} kind @param {Row[]} rows */
function makeTable(kind, rows) {
  const title = `${kind[0].toUpperCase()}${kind.slice(1)}`;
  const heads = ["Name", "Meaning", "Allowed", "Default", "Way"].map((text) => element("th", { scope: "col", text }));
  const table = element("table", { class: "plain parameters" },
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows.map((row) => makeRow(kind, row))));
  const wide = element("div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": title }, table);
  return element("section", {}, element("h2", { text: title }), wide);
}

function narrow() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const section of byId("kinds").children) {
    const rows = /** @type {HTMLElement[]} */ ([...section.querySelectorAll("tbody tr")]);
    for (const row of rows) row.hidden = !words.every((word) => row.dataset.words?.includes(word));
    const left = rows.filter((row) => !row.hidden).length;
    /** @type {HTMLElement} */ (section).hidden = left === 0;
    shown += left;
  }
  byId("count").textContent = `${shown} parameters`;
}

async function main() {
  /** @type {Record<string, Row[]>} */
  const kinds = await api("/api/parameters");
  byId("kinds").replaceChildren(...Object.entries(kinds).map(([kind, rows]) => makeTable(kind, rows)));
  find.addEventListener("input", narrow);
  narrow();
}

main().catch((error) => {
  byId("notice").hidden = false;
  byId("notice").textContent = `The table could not be read: ${error.message}. Load the page again.`;
});
