// @ts-check
/** The console page: joins the session that its link names, or makes one, and lays out the desk. */
import { api, createSession, isThere, readFragment, whenStarted, writeFragment } from "../client/front-door.js";
import { connect } from "../client/session.js";
import { byId, element } from "./parts/dom.js";
import { Hands } from "./parts/hands.js";
import { makeLineView } from "./parts/line-view.js";
import { makeMaster } from "./parts/master.js";
import { askToStart } from "./parts/start.js";
import { makeStrip } from "./parts/strip.js";
import { makeTransport } from "./parts/transport.js";

/** @typedef {import("../client/session.js").Session} Session */
/** @typedef {import("./parts/law.js").Row} Row */
/** @typedef {Record<string, Record<string, Row>>} Table */

const PATIENCE_MS = 1000; // an empty page for longer wants a word
const notice = byId("notice");

/** @param {string} text @param {{calm?: boolean, action?: [string, () => void]}} [options] */
function tell(text, { calm = false, action } = {}) {
  notice.hidden = text === "";
  notice.classList.toggle("calm", calm);
  notice.replaceChildren(text);
  if (action) notice.append(" ", element("button", { type: "button", class: "button", text: action[0], click: action[1] }));
}

/** The session of this page's link; a new one if it names none. */
async function enter() {
  const entry = readFragment(location.hash);
  if (entry) return entry;
  const wanted = new URLSearchParams(location.search).get("session") ?? undefined;
  const starting = () => tell("The server is starting.", { calm: true });
  const created = await whenStarted(() => createSession(wanted), starting);
  history.replaceState(null, "", writeFragment(created));
  return { session: created.id, token: created.tokens.performer, ws: created.links.ws };
}

/** @returns {Promise<Table>} */
async function readTable() {
  /** @type {Record<string, Row[]>} */
  const kinds = await api("/api/parameters");
  const byName = (/** @type {Row[]} */ rows) => Object.fromEntries(rows.map((row) => [row.name, row]));
  return Object.fromEntries(Object.entries(kinds).map(([kind, rows]) => [kind, byName(rows)]));
}

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
 * @param {Session} session
 * @param {Table} table
 */
function layOut(session, table) {
  /** @type {Map<string, (value: any) => void>} */
  const shows = new Map();
  const hands = new Hands(session, (address) => shows.get(address)?.(session.state.values[address]));
  /** @param {string} owner */
  const turner = (owner) => (/** @type {string} */ parameter, /** @type {number | boolean} */ value) => {
    hands.turn(`${owner}/${parameter}`, value).catch((error) => tell(error.message));
  };
  /** @type {Map<string, import("./parts/meter.js").Meter>} */
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
  byId("desk").replaceChildren(strips, master.body);

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

/** @param {Session} session @param {import("../client/front-door.js").Entry} entry */
function watchLine(session, entry) {
  const anew = () => {
    location.hash = "";
    location.reload();
  };
  let { epoch } = session;
  let wasPlaying = false;
  session.on("link", async ({ state, attempts, reason }) => {
    if (state === "open") {
      tell("");
      // A server that was restarted has kept the position and holds there: go on.
      const goOn = session.epoch !== epoch && wasPlaying && !session.state.transport.playing;
      epoch = session.epoch;
      if (goOn && session.role !== "listener") await session.sendCommand({ type: "play" });
      return;
    }
    wasPlaying = session.state.transport.playing;
    if (state === "closed") return tell(`The session has ended: ${reason}.`, { action: ["Open a new one", anew] });
    if (state === "waiting" && attempts >= 1) tell("The line is broken; trying again. What you turn is kept.", { calm: true });
    if (state === "waiting" && attempts % 4 === 2 && !(await isThere(entry))) {
      tell("The session is no longer there.", { action: ["Open a new one", anew] });
    }
  });
  session.on("error", (error) => tell(error.message));
}

async function main() {
  const patience = setTimeout(() => tell("Opening the session.", { calm: true }), PATIENCE_MS);
  const [entry, table] = await Promise.all([enter(), readTable()]);
  const session = await connect({ url: entry.ws, token: entry.token, name: "Console page" });
  clearTimeout(patience);
  tell("");
  Object.assign(globalThis, { telharmonic: session }); // for the curious, and for the tests
  byId("session-name").textContent = session.sessionName;
  document.title = `${session.sessionName} - Telharmonic`;
  const listen = () => session.listen();
  layOut(session, table);
  const send = (/** @type {import("../client/types.js").Command} */ command) => {
    session.sendCommand(command).catch((error) => tell(error.message));
  };
  makeTransport(byId("transport"), session, send);
  makeLineView(byId("line"), session, () => void listen());
  watchLine(session, entry);
  if (session.role !== "controller" && !(await listen())) askToStart(session.sessionName, listen);
}

window.addEventListener("hashchange", () => location.reload());
main().catch((error) => tell(`${error.message}`, { action: ["Try again", () => location.reload()] }));
