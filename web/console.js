// @ts-check
/** The console page: joins the session that its link names, or makes one, and lays out the desk. */
import { CommandError } from "../client/errors.js";
import { api, createSession, isThere, readFragment, whenStarted, writeFragment } from "../client/front-door.js";
import { connect } from "../client/session.js";
import { makeAutomation } from "./parts/automation.js";
import { byName } from "./parts/columns.js";
import { layOutDesk } from "./parts/desk.js";
import { byId } from "./parts/dom.js";
import { makeHistory } from "./parts/history.js";
import { makeLineView } from "./parts/line-view.js";
import { makeMicrophone } from "./parts/microphone.js";
import { makeMidi } from "./parts/midi.js";
import { makeMusic } from "./parts/music.js";
import { makeNotice } from "./parts/notice.js";
import { makePager } from "./parts/pager.js";
import { makeScenes } from "./parts/scenes.js";
import { addKeys } from "./parts/shortcuts.js";
import { keepOnStage } from "./parts/stage.js";
import { askToStart } from "./parts/start.js";
import { Timeline } from "./parts/timeline.js";
import { makeTempo } from "./parts/tempo.js";
import { makeTransport } from "./parts/transport.js";

/** @typedef {import("../client/session.js").Session} Session */

const PATIENCE_MS = 1000; // an empty page for longer wants a word
const tell = makeNotice(byId("notice"));

/** The session of this page's link; a new one if it names none. */
async function enter() {
  const entry = readFragment(location.hash);
  if (entry) return entry;
  const wanted = new URLSearchParams(location.search).get("session") ?? undefined;
  const starting = () => tell("The server is starting.", { calm: true, lasting: true });
  const created = await whenStarted(() => createSession(wanted), starting);
  history.replaceState(null, "", writeFragment(created));
  return { session: created.id, token: created.tokens.performer, ws: created.links.ws };
}

/** Another session than that of the link. */
const openAnother = () => location.assign(location.pathname);

/** @param {Session} session @param {import("../client/front-door.js").Entry} entry */
function watchLine(session, entry) {
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
    if (state === "closed") return tell(`The session has ended: ${reason}.`, { action: ["Open a new one", openAnother] });
    if (state === "waiting" && attempts >= 1) tell("The line is broken; trying again. What you turn is kept.", { calm: true, lasting: true });
    if (state === "waiting" && attempts % 4 === 2 && !(await isThere(entry))) {
      tell("The session is no longer there.", { action: ["Open a new one", openAnother] });
    }
  });
  session.on("error", (error) => tell(error.message));
}

async function open() {
  const patience = setTimeout(() => tell("Opening the session.", { calm: true, lasting: true }), PATIENCE_MS);
  try {
    const [entry, table] = await Promise.all([enter(), api("/api/parameters").then(byName)]);
    return { entry, table, session: await connect({ url: entry.ws, token: entry.token, name: "Console page" }) };
  } finally {
    clearTimeout(patience);
  }
}

async function main() {
  const { entry, table, session } = await open();
  tell("");
  Object.assign(globalThis, { telharmonic: session }); // for the curious, and for the tests
  byId("session-name").textContent = session.sessionName;
  document.title = `${session.sessionName} - Telharmonic`;
  const listen = () => session.listen();
  const wiring = layOutDesk(byId("desk"), session, table, tell);
  const send = (/** @type {import("../client/types.js").Command} */ command) => {
    session.sendCommand(command).catch((error) => tell(error.message));
  };
  const transport = makeTransport(byId("transport"), session, send, makeTempo(wiring.part("session", "Session", table.session)));
  const timeline = new Timeline(byId("timeline"), session, entry, send);
  const steps = makeHistory(byId("history"), session, send, tell);
  const scenes = makeScenes(session, send);
  const [automation, music] = [makeAutomation(session, table, timeline, send), makeMusic(session, entry)];
  const isListener = session.role === "listener"; // who sees what the others do
  const drawers = isListener ? [music] : [scenes, automation, music, ...makeMicrophone(session, entry), makeMidi(session, table, tell)];
  byId("history").hidden = isListener;
  byId("tools").prepend(...drawers.flatMap(({ button, body }) => [button, body]));
  keepOnStage(session, send);
  const strips = byId("desk").querySelector(".strips");
  if (strips instanceof HTMLElement) byId("desk").before(makePager(strips));
  makeLineView(byId("line"), session, entry, () => void listen());
  addKeys(byId("help"), { ...transport, ...steps, stop: () => send({ type: "stop" }), scene: scenes.recallAt });
  watchLine(session, entry);
  if (session.role !== "controller" && !(await listen())) askToStart(session.sessionName, listen);
}

window.addEventListener("hashchange", () => location.reload());
main().catch((error) => {
  const isDead = error instanceof CommandError && (location.hash || location.search); // what the link names is not there
  tell(`${error.message}`, { action: isDead ? ["Open a new one", openAnother] : ["Try again", () => location.reload()] });
});
