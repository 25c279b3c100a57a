// @ts-check
/** The page of a Csound piece: joins the session that its link names, and lays out what the piece can be told. */
import { api, readFragment } from "../client/front-door.js";
import { connect } from "../client/session.js";
import { byId, element } from "./parts/dom.js";
import { makeDrawer } from "./parts/drawer.js";
import { makeInvitation } from "./parts/invite.js";
import { makeOrchestraControl } from "./parts/orchestra-control.js";
import { OscOut } from "./parts/osc-out.js";
import { askToStart } from "./parts/start.js";

/** @typedef {import("../client/protocol.js").OrchestraView} View */
/** @typedef {import("../client/protocol.js").OrchestraControl} Control */

const LOOK_MS = 3000; // how often it is asked how Csound does
const notice = byId("notice");

/** @param {string} text */
function tell(text) {
  notice.hidden = text === "";
  notice.textContent = text;
}

/** @param {string} host */
const titleOf = (host) => (host === "channels" ? "Channels" : `OSC on port ${host.replace("osc-", "")}`);

/** @param {View} view @param {(item: (string | number)[]) => void} put */
function layOut({ orchestra: { controls = [], notes = [] } }, put) {
  const hosts = [...new Set(controls.map(({ host }) => host))];
  byId("controls").replaceChildren(...hosts.map((host) => {
    const those = controls.filter((control) => control.host === host).map((control) => makeOrchestraControl(control, put));
    return element("section", { "aria-label": titleOf(host) }, element("h2", { text: titleOf(host) }), ...those);
  }));
  if (controls.length === 0) byId("controls").append(element("p", { class: "dim", text: "This piece listens to no OSC and has no channels." }));
  byId("notes").hidden = notes.length === 0;
  byId("notes").querySelector("ul")?.replaceChildren(...notes.map((text) => element("li", { text })));
}

/** @param {View} view */
function stateOf({ state, restarts = 0, why }) {
  if (state === "ready") return restarts ? `Csound plays; it was started again ${restarts} times.` : "Csound plays.";
  if (state === "waiting" || state === "stopped") return `Csound does not play: it ${why || "has stopped"}. The server's log says more.`;
  return "Csound is starting.";
}

async function look() {
  const view = /** @type {View | null} */ (await api("/api/orchestra").catch(() => null)); // the line's own notice says that it is away
  const text = view ? stateOf(view) : "";
  if (view && byId("state").textContent !== text) byId("state").textContent = text;
}

async function main() {
  const entry = readFragment(location.hash);
  if (!entry) throw new Error("This link has lost its end: take the one that telharmonic play has printed, or ask for an invitation.");
  const [view, session] = await Promise.all([api("/api/orchestra"), connect({ url: entry.ws, token: entry.token, name: "Csound page" })]);
  Object.assign(globalThis, { telharmonic: session }); // for the curious, and for the tests
  byId("session-name").textContent = view.orchestra.name;
  document.title = `${view.orchestra.name} - Telharmonic`;
  for (const id of ["console-link", "mixer-link"]) /** @type {HTMLAnchorElement} */ (byId(id)).href = `./${location.hash}`;
  const out = new OscOut((queue) => session.sendCommand({ type: "osc", queue }), tell);
  layOut(view, (item) => out.put(item));
  if (session.role === "listener") {
    byId("controls").inert = true;
    byId("state").before(element("p", { text: "You listen: only performers and controllers may turn anything." }));
  } else {
    const invitation = makeInvitation(entry, session.role, "orchestra.html");
    const drawer = makeDrawer({ title: "Invite", kind: "inviting", content: [invitation] });
    byId("invite").append(drawer.button, drawer.body);
  }
  byId("state").textContent = stateOf(view);
  setInterval(look, LOOK_MS);
  session.on("link", ({ state, reason }) => tell(state === "closed" ? `The session has ended: ${reason}.` : ""));
  session.on("error", (error) => tell(error.message));
  const listen = () => session.listen();
  if (session.role !== "controller" && !(await listen())) askToStart(session.sessionName, listen);
}

window.addEventListener("hashchange", () => location.reload());
main().catch((error) => tell(String(error.message ?? error)));
