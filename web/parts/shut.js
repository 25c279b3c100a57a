// @ts-check
/** Strips that the server shut for a second because what came was no sound: a mark on each, and a notice once. */
import { element } from "./dom.js";

export const WHY = "NaN, infinity or more than +18 dBFS came";

/** @returns {{body: HTMLElement, show: (times: number) => void}} */
export function makeShutMark() {
  const body = element("b", { class: "shut-mark", role: "img", hidden: true });
  const show = (/** @type {number} */ times) => {
    body.hidden = times === 0;
    body.title = `It was shut ${times === 1 ? "once" : `${times} times`}, for a second: ${WHY}`;
    body.setAttribute("aria-label", body.title);
  };
  return { body, show };
}

/**
 * @param {Pick<import("../../client/session.js").Session, "on" | "state">} session
 * @param {(strip: string, times: number) => void} show
 * @param {import("./notice.js").Tell} tell
 */
export function followShut(session, show, tell) {
  /** @type {Map<string, number>} */
  const told = new Map();
  session.on("server", ({ shut = {} }) => {
    for (const [strip, times] of Object.entries(shut)) {
      if (told.get(strip) === times) continue;
      if (!told.has(strip)) tell(`${nameOf(session, strip)} was shut for a second: ${WHY}. The others play on; its mark says how often.`);
      told.set(strip, times);
      show(strip, times);
    }
  });
}

/** @param {Pick<import("../../client/session.js").Session, "state">} session @param {string} strip */
const nameOf = ({ state }, strip) => state.strips.find(({ id }) => id === strip)?.name || strip;
