// @ts-check
/** What a Csound piece sounds like: the master's meter and fader, a mute for all of it, and its beginning once more. */
import { element } from "./dom.js";
import { makeFader } from "./fader.js";
import { makeMeter } from "./meter.js";
import { makeSure } from "./sure.js";

/** @typedef {import("./law.js").Row} Row */

/**
 * @param {object} options
 * @param {Pick<import("../../client/session.js").Session, "state" | "on">} options.session
 * @param {import("./wiring.js").Wiring} options.wiring
 * @param {Record<string, Record<string, Row>>} options.table
 * @param {() => void} options.again
 * @returns {{body: HTMLElement, show: (ended: boolean) => void}}
 */
export function makePieceOutput({ session, wiring, table, again }) {
  const master = wiring.part("master", "Master", table.master);
  const meter = makeMeter({ row: table.master.fader, reduction: true });
  session.on("meters", ({ master: { peak, rms, limiter_db: limiterDb } }) => meter.show(peak, rms, limiterDb));
  const fader = makeFader(master, "fader");
  fader.way.append(meter);
  const disabled = master.mayTurn ? undefined : "";
  const parts = session.state.strips.map(({ id, name }) => wiring.part(`strip/${id}`, name || id, { mute: table.strip.mute }));
  const muted = parts.map(() => false);
  const mute = element("button", {
    type: "button", class: "switch mute", text: "Mute", "aria-pressed": "false", disabled,
    click: () => {
      const on = mute.getAttribute("aria-pressed") !== "true";
      for (const part of parts) part.turn("mute", on);
    },
  });
  for (const [n, part] of parts.entries()) {
    part.on("mute", (on) => {
      muted[n] = on === true;
      mute.setAttribute("aria-pressed", String(muted.every(Boolean)));
    });
  }
  let ended = false;
  const begin = element("button", {
    type: "button", class: "button", text: "Play from the beginning", disabled,
    click: () => {
      if (ended || sure.press("Stop and begin again?")) again();
    },
  });
  const sure = makeSure(/** @type {HTMLButtonElement} */ (begin));
  const show = (/** @type {boolean} */ now) => {
    if (now !== ended) sure.rest();
    ended = now;
  };
  return { body: element("section", { class: "output", "aria-label": "Output" }, element("h2", { text: "Output" }), fader, mute, begin), show };
}
