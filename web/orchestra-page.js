// @ts-check
/** The page of a Csound piece: joins the session that its link names, and lays out what the piece can be told. */
import { api, post, readFragment } from "../client/front-door.js";
import { connect } from "../client/session.js";
import { byName } from "./parts/columns.js";
import { byId, element } from "./parts/dom.js";
import { makeDrawer } from "./parts/drawer.js";
import { makeInvitation } from "./parts/invite.js";
import { makeOrchestraControl } from "./parts/orchestra-control.js";
import { OscOut } from "./parts/osc-out.js";
import { makePieceOutput } from "./parts/piece-output.js";
import { makePiecePing } from "./parts/piece-ping.js";
import { stateOf } from "./parts/piece-state.js";
import { askToStart } from "./parts/start.js";
import { Wiring } from "./parts/wiring.js";

/** @typedef {import("../client/protocol.js").OrchestraView} View */
/** @typedef {import("../client/protocol.js").OrchestraControl} Control */

const LOOK_MS = 1000; // how often it is asked how Csound does, and what others told it
const notice = byId("notice");

/** @param {string} text */
function tell(text) {
  notice.hidden = text === "";
  notice.textContent = text;
}

/** @param {string} host */
const titleOf = (host) => (host === "channels" ? "Channels" : `OSC on port ${host.replace("osc-", "")}`);

/**
 * @param {View} view
 * @param {(item: (string | number)[]) => void} put
 * @returns {(view: View) => void} shows what the piece was told since
 */
function layOut({ orchestra: { controls = [], notes = [] } }, put) {
  const hosts = [...new Set(controls.map(({ host }) => host))];
  const made = controls.map((control) => ({ ...control, ...makeOrchestraControl(control, put) }));
  byId("controls").replaceChildren(...hosts.map((host) => {
    const those = made.filter((control) => control.host === host).map(({ body }) => body);
    return element("section", { "aria-label": titleOf(host) }, element("h2", { text: titleOf(host) }), ...those);
  }));
  if (controls.length === 0) byId("controls").append(element("p", { class: "dim", text: "This piece listens to no OSC and has no channels." }));
  byId("notes").hidden = notes.length === 0;
  byId("notes").querySelector("ul")?.replaceChildren(...notes.map((text) => element("li", { text })));
  return ({ told = [] }) => {
    const values = new Map(told.map((each) => [`${each.host} ${each.address}`, each.values]));
    for (const { host, address, show } of made) show(values.get(`${host} ${address}`));
  };
}

async function main() {
  const entry = readFragment(location.hash);
  if (!entry) throw new Error("This link has lost its end: take the one that telharmonic play has printed, or ask for an invitation.");
  const { session: id, token } = entry;
  const asked = `/api/orchestra?session=${encodeURIComponent(id)}`;
  /** @returns {Promise<View>} */
  const view = () => api(asked, { headers: { Authorization: `Bearer ${token}` } });
  const [first, kinds, session] = await Promise.all([view(), api("/api/parameters"), connect({ url: entry.ws, token: entry.token, name: "Csound page" })]);
  Object.assign(globalThis, { telharmonic: session }); // for the curious, and for the tests
  byId("session-name").textContent = first.orchestra.name;
  document.title = `${first.orchestra.name} - Telharmonic`;
  for (const id of ["console-link", "mixer-link"]) /** @type {HTMLAnchorElement} */ (byId(id)).href = `./${location.hash}`;
  const out = new OscOut((queue) => session.sendCommand({ type: "osc", queue }), tell);
  const showTold = layOut(first, (item) => out.put(item));
  const again = () => void post(asked.replace("?", "/play?"), {}, token).catch((error) => tell(error.message));
  const output = makePieceOutput({ session, wiring: new Wiring(session, tell), table: byName(kinds), again });
  byId("output").replaceChildren(output.body);
  if (session.role === "listener") {
    byId("controls").inert = true;
    byId("state").before(element("p", { text: "You listen: only performers and controllers may turn anything." }));
  } else {
    const invitation = makeInvitation(entry, session.role, "orchestra.html");
    const drawer = makeDrawer({ title: "Invite", kind: "inviting", content: [invitation] });
    byId("invite").append(drawer.button, drawer.body);
    const ping = makePiecePing({ session, entry, controls: first.orchestra.controls ?? [] });
    if (ping) byId("controls").append(ping);
  }
  const show = (/** @type {View} */ now) => {
    const text = stateOf(now);
    if (byId("state").textContent !== text) byId("state").textContent = text;
    output.show(now.state === "ended");
    showTold(now);
  };
  show(first);
  setInterval(() => void view().then(show, () => {}), LOOK_MS); // the line's own notice says that the server is away
  session.on("link", ({ state, reason }) => tell(state === "closed" ? `The session has ended: ${reason}.` : ""));
  session.on("error", (error) => tell(error.message));
  const listen = () => session.listen();
  if (session.role !== "controller" && !(await listen())) askToStart(session.sessionName, listen);
}

window.addEventListener("hashchange", () => location.reload());
main().catch((error) => tell(String(error.message ?? error)));
