// @ts-check
/** The desk: every strip, group and aux side by side, and the master. */
import { followAnalysis } from "./analysis.js";
import { markAway } from "./away.js";
import { makeAuxGlance, makeDelayPanel, makeReverbPanel } from "./aux-panel.js";
import { makeChannelPanel, makeCurveGlance } from "./channel-panel.js";
import { columns, rowsOf } from "./columns.js";
import { element } from "./dom.js";
import { Folding } from "./folding.js";
import { makeMaster } from "./master.js";
import { makeMasterBar } from "./master-bar.js";
import { followShut } from "./shut.js";
import { makeSolo } from "./solo.js";
import { makeStrip } from "./strip.js";
import { Wiring } from "./wiring.js";

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {import("./columns.js").Table} Table */

const WIDE_PX = 1000; // from here on there is room for the master's panel
const NARROW_PX = 760; // up to here panels cover the page, and none does so unasked

/**
 * @param {HTMLElement} place
 * @param {Session} session
 * @param {Table} table
 * @param {import("./notice.js").Tell} tell
 * @returns {Wiring}
 */
export function layOutDesk(place, session, table, tell) {
  const auxes = session.state.auxes.map((aux) => ({ ...aux })); // ours: their names are kept up to date
  const rateHz = session.sampleRateHz;
  const wiring = new Wiring(session, tell);
  const folding = new Folding(session.sessionName, localStorage);
  const send = (/** @type {import("../../client/types.js").Command} */ command) => void session.sendCommand(command).catch((error) => tell(error.message));
  /** @param {string} part @param {import("./label-editor.js").Wish} wish */
  const describe = (part, wish) => send({ type: "describe", part, ...wish });
  /** @type {Map<string, ReturnType<typeof makeStrip>>} */
  const shown = new Map();
  /** @type {Map<string, {part: import("./wiring.js").Part, body: Element}>} */
  const channels = new Map();
  const strips = element("div", { class: "strips", role: "group", "aria-label": "Strips" });
  for (const { owner, ...column } of columns(session)) {
    const isAux = column.kind === "aux";
    const part = wiring.part(owner, column.name, rowsOf(column, table, auxes));
    const around = { rateHz, auxes, columns: () => columns(session), tell };
    const makePanel = () => {
      if (!isAux) return makeChannelPanel(part, around);
      if (column.table !== "reverb") return makeDelayPanel(part, tell);
      const panel = makeReverbPanel(part, session.state.impulses, tell);
      session.on("impulses", panel.showImpulses); // somebody brought a room
      return panel;
    };
    const kind = column.kind === "strip" ? "" : `${column.table[0].toUpperCase()}${column.table.slice(1)}`;
    const strip = makeStrip({
      part, kind, makePanel, colour: column.colour ?? "", level: isAux ? "level" : "fader",
      glance: isAux ? makeAuxGlance(part, () => session.state.impulses) : makeCurveGlance(part, rateHz),
      unfolded: innerWidth > NARROW_PX && folding.isUnfolded(owner), onFold: (open) => {
        folding.keep(owner, open);
        if (open && innerWidth < WIDE_PX) master.fold();
      },
      describe: (wish) => describe(owner, wish),
    });
    shown.set(isAux ? column.id : owner, strip);
    if (!isAux) channels.set(owner, { part, body: strip.body });
    strips.append(strip.body);
  }
  const masterPart = wiring.part("master", "Master", table.master);
  const master = makeMaster({
    part: masterPart, rateHz,
    lamp: makeSolo(channels, (values) => send({ type: "set_many", values })),
    anew: () => send({ type: "loudness_reset" }),
    unfolded: innerWidth > NARROW_PX && folding.isUnfolded("master", innerWidth >= WIDE_PX), onFold: (open) => folding.keep("master", open),
  });
  place.replaceChildren(strips, master.body, makeMasterBar(masterPart));
  markAway(strips);
  const relabel = () => {
    for (const { id, name } of session.state.auxes) Object.assign(auxes.find((aux) => aux.id === id) ?? {}, { name });
    wiring.rename(columns(session).map(({ owner, name }) => [owner, name]));
    for (const { owner, id, kind, colour } of columns(session)) shown.get(kind === "aux" ? id : owner)?.showColour(colour ?? "");
  };
  for (const event of /** @type {const} */ (["described", "state"])) session.on(event, relabel);
  followAnalysis(session, strips, (owner, bandsDb) => shown.get(owner)?.showSpectrum(bandsDb));
  followShut(session, (strip, times) => shown.get(`strip/${strip}`)?.showShut(times), tell);
  session.on("meters", (reading) => {
    for (const [key, levels] of Object.entries({ ...reading.channels, ...reading.auxes })) shown.get(key)?.showLevels(levels);
    master.showReading(reading.master);
  });
  return wiring;
}
