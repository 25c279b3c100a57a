// @ts-check
/** The grain instrument's page: joins the session that its link names, or makes one of the demo, and lays out its players. */
import { api, createSession, post, readFragment, whenStarted, writeFragment } from "../client/front-door.js";
import { connect } from "../client/session.js";
import { readRecordings } from "./parts/cloud-view.js";
import { FRONT, MORE } from "./parts/cloud-values.js";
import { byName } from "./parts/columns.js";
import { byId, element } from "./parts/dom.js";
import { Gang } from "./parts/gang.js";
import { makeHistory } from "./parts/history.js";
import { makeJump } from "./parts/jump.js";
import { makeNotice } from "./parts/notice.js";
import { makePlayerPanel } from "./parts/player-panel.js";
import { PlayerPing } from "./parts/player-ping.js";
import { makePlayersBar, makeTogether } from "./parts/players-bar.js";
import { SettingsOut } from "./parts/settings-out.js";
import { addKeys } from "./parts/shortcuts.js";
import { keepOnStage } from "./parts/stage.js";
import { askToStart } from "./parts/start.js";
import { makeTransport, ONLY_LISTENS } from "./parts/transport.js";
import { plainName, upload } from "./parts/upload.js";
import { Wiring } from "./parts/wiring.js";

/** @typedef {import("../client/session.js").Session} Session */
/** @typedef {import("../client/front-door.js").Entry} Entry */
/** @typedef {import("./parts/law.js").Row} Row */

const DEMO = "grains";
const tell = makeNotice(byId("notice"));

/** @returns {Promise<Entry>} */
async function enter() {
  const entry = readFragment(location.hash);
  if (entry) return entry;
  const wanted = new URLSearchParams(location.search).get("session") ?? DEMO;
  const created = await whenStarted(() => createSession(wanted), () => tell("The server is starting.", { calm: true, lasting: true }));
  tell("");
  history.replaceState(null, "", writeFragment(created));
  return { session: created.id, token: created.tokens.performer, ws: created.links.ws };
}

/** Strips that are grain players. @param {Session} session */
function playersOf({ state }) {
  return state.strips.filter(({ id }) => `strip/${id}/grain_density` in state.values);
}

/** @param {Session} session @param {Entry} entry @param {Record<string, Row[]>} kinds */
function layOut(session, entry, kinds) {
  const { strip, grains: rows } = byName(kinds);
  const players = playersOf(session);
  const out = new SettingsOut(session, tell);
  const send = out.put.bind(out);
  const wiring = new Wiring(session, tell);
  const gang = new Gang(send);
  const pings = new PlayerPing({ session, entry });
  const own = players.map(({ id, name }) => /** @type {[string, string]} */ ([`strip/${id}`, name || id]));
  const recordings = () => [...own, ...(session.state.recordings ?? []).map(({ id, name }) => /** @type {[string, string]} */ ([`recording/${id}`, name || id]))];
  const panels = new Map(players.map(({ id, name, colour }) => {
    const part = wiring.part(`strip/${id}`, name || id, { ...strip, ...rows });
    const cloud = gang.add(part);
    return [`strip/${id}`, { part, ...makePlayerPanel({ part, cloud, own: part, colour, recordings: recordings(), ping: (say, signal) => pings.run({ strip: id, name: part.name }, say, signal) }) }];
  }));
  byId("players").replaceChildren(...[...panels.values()].map(({ body }) => body));
  byId("hands").replaceChildren(...(session.role === "listener" ? [] : [makeTogether(gang)]), makeJump([...panels.values()]));
  byId("together").replaceChildren(...(session.role === "listener" ? [element("p", { text: ONLY_LISTENS })] : makeAll()));
  function makeAll() {
    const values = () => Object.fromEntries(players.flatMap(({ id }) => [...FRONT, ...MORE].map((name) => {
      const address = `strip/${id}/${name}`;
      return [address, Number(session.state.values[address])];
    })));
    const read = (/** @type {string} */ id) => gang.turnAll({ grain_recording: `recording/${id}` });
    return makePlayersBar({
      gang, rows, values, pings: pings.body, bank: { name: session.sessionName, memory: localStorage, send },
      bring: (file, say) => bring(file, entry, say).then(read),
    });
  }
  session.on("meters", ({ clouds = {} }) => {
    for (const [owner, cloud] of Object.entries(clouds)) panels.get(owner)?.showCloud(/** @type {[number, number]} */ (cloud));
  });
  const draw = () => readRecordings(entry, (session.state.recordings ?? []).map(({ id }) => id))
    .then((peaks) => panels.forEach(({ showPeaks }) => showPeaks(peaks)), (error) => tell(error.message));
  const offer = () => panels.forEach(({ showRecordings }) => showRecordings(recordings()));
  session.on("recordings", () => (offer(), void draw())); // somebody brought one
  session.on("state", offer);
  void draw();
}

/** Bring a recording into the session. @param {File} file @param {Entry} entry @param {(text: string) => void} say @returns {Promise<string>} its id */
async function bring(file, { session, token }, say) {
  const { upload: sent } = await upload(file, (share) => say(`Sending ${Math.round(100 * share)} %`));
  const name = plainName(file.name).slice(0, 64) || "Recording";
  const { id } = await post(`/api/sessions/${encodeURIComponent(session)}/recordings`, { upload: sent, name }, token);
  say(`${name} is read by all players`);
  return id;
}

async function main() {
  const entry = await enter();
  const [kinds, session] = await Promise.all([api("/api/parameters"), connect({ url: entry.ws, token: entry.token, name: "Grains page" })]);
  Object.assign(globalThis, { telharmonic: session }); // for the curious, and for the tests
  byId("session-name").textContent = session.sessionName;
  document.title = `${session.sessionName} - Telharmonic`;
  /** @type {HTMLAnchorElement} */ (byId("console-link")).href = `./${location.hash}`;
  if (playersOf(session).length === 0) {
    byId("players").replaceChildren(element("p", { class: "dim", text: "This session has no strip of grains. Give one source = \"grains\" in its session file." }));
    return;
  }
  const send = (/** @type {import("../client/types.js").Command} */ command) => void session.sendCommand(command).catch((error) => tell(error.message));
  layOut(session, entry, kinds);
  const { toggle } = makeTransport(byId("transport"), session, send);
  const steps = makeHistory(byId("history"), session, send, tell);
  const mayTurn = session.role !== "listener";
  for (const id of ["history", "help"]) byId(id).hidden = !mayTurn;
  if (mayTurn) addKeys(byId("help"), { toggle, ...steps, stop: () => send({ type: "stop" }) });
  keepOnStage(session, send);
  session.on("link", ({ state, reason }) => tell(state === "closed" ? `The session has ended: ${reason}.` : "", { lasting: true }));
  session.on("error", (error) => tell(error.message));
  const listen = () => session.listen();
  if (session.role !== "controller" && !(await listen())) askToStart(session.sessionName, listen);
}

window.addEventListener("hashchange", () => location.reload());
main().catch((error) => tell(String(error.message ?? error), { lasting: true }));
