// @ts-check
/** How a Csound piece does, in a sentence. */

/** @typedef {import("../../client/protocol.js").OrchestraView} View */

/** @param {View} view */
export function stateOf({ state, restarts = 0, why, said }) {
  const end = `${why || "has stopped"}${said ? `: ${said}` : ". The server's log says more."}`;
  if (state === "ended") return "The piece has come to its end.";
  if (state === "waiting" || state === "stopped") return `Csound does not play: it ${end}`;
  if (state === "ready") return restarts ? `Csound plays; it was started again ${restarts === 1 ? "once" : `${restarts} times`}.` : "Csound plays.";
  return restarts ? "Csound is starting again." : "Csound is starting.";
}
