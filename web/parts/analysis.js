// @ts-check
/**
 * Whose spectrum the server sends us: that of the unfolded channel which the pointer or the focus visited last. One at
 * a time, since the server computes only what somebody looks at.
 */

/** @typedef {import("../../client/session.js").Session} Session */

/**
 * @param {Session} session
 * @param {HTMLElement} strips the row of columns, each with its address in `data-owner`
 * @param {(owner: string, bandsDb: number[]) => void} show
 */
export function followAnalysis(session, strips, show) {
  /** @type {string | null} */
  let target = null;
  const ask = () => {
    // refused where others look at as many channels as a session may have analysed: then there is no spectrum
    session.sendCommand({ type: "analyse", target }).catch(() => {});
  };
  /** @param {Element | null} strip */
  const look = (strip) => {
    const owner = strip?.getAttribute("data-owner") ?? null;
    if (owner === target) return;
    target = owner;
    ask();
  };
  const visit = (/** @type {Event} */ { target: visited }) => {
    if (!strips.querySelector(`.unfolded[data-owner="${target}"]`)) look(firstUnfolded(strips));
    const strip = visited instanceof Element ? visited.closest(".strip.unfolded:has(.eq-graph)") : null;
    if (strip) look(strip);
  };
  for (const event of ["pointerover", "focusin", "click"]) strips.addEventListener(event, visit);
  session.on("state", () => target !== null && ask());
  session.on("meters", ({ analysis }) => {
    if (analysis && analysis.target === target) show(analysis.target, analysis.bands_db);
  });
  look(firstUnfolded(strips));
}

/** @param {HTMLElement} strips */
function firstUnfolded(strips) {
  return strips.querySelector(".strip.unfolded:has(.eq-graph)");
}
