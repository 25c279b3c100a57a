// @ts-check
/** The latency page: measures this line, keeps the result on the server, and shows what was kept. */
import { api, createSession } from "../client/front-door.js";
import { measureControl, measureSound, submit } from "../client/latency.js";
import { connect } from "../client/session.js";
import { byId } from "./parts/dom.js";
import { justMeasured, makeCard } from "./parts/latency-card.js";
import { takePings } from "./parts/ping-count.js";

const SETTLE_MS = 8000; // what the first second was like has left the jitter buffer's target by then
const progress = /** @type {HTMLProgressElement} */ (byId("progress"));
const run = /** @type {HTMLButtonElement} */ (byId("run"));

/** @param {string} text @param {number} [share] */
function doing(text, share) {
  byId("doing").textContent = text;
  progress.hidden = share === undefined;
  progress.value = share ?? 0;
}

/** @param {number} count */
async function measure(count) {
  doing("Opening a silent session", 0);
  const created = await createSession("latency");
  const session = await connect({ url: created.links.ws, token: created.tokens.performer, name: "Latency page" });
  try {
    if (!(await session.listen())) throw new Error("the browser did not let this page sound");
    const control = await measureControl(session, count, (done) => doing("Control round trip", done / count));
    await settle();
    const sound = await measureSound(session, count, (done) => doing("Control to sound", done / count));
    byId("mine").replaceChildren(...[control, sound].map((one) => makeCard(justMeasured(one, `${one.samplesMs.length} measurements, just now`))));
    await Promise.all([control, sound].filter((one) => one.samplesMs.length).map((one) => submit(session, one)));
    const lost = count - sound.samplesMs.length;
    doing(`Done and kept: ${sound.underruns} underruns${lost ? `, ${lost} pings not heard` : ""}.`);
  } finally {
    await session.close();
    await forget(created);
  }
  await showKept();
}

async function settle() {
  const begin = performance.now();
  while (performance.now() - begin < SETTLE_MS) {
    doing("Letting the buffer settle", (performance.now() - begin) / SETTLE_MS);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The session was for us alone. @param {import("../client/front-door.js").Created} created */
async function forget({ id, tokens }) {
  const headers = { Authorization: `Bearer ${tokens.performer}` };
  await api(`/api/sessions/${id}`, { method: "DELETE", headers }).catch(() => {});
}

async function showKept() {
  const { summaries } = await api("/api/latency");
  byId("none").hidden = summaries.length > 0;
  const cards = summaries.map((/** @type {import("../client/protocol.js").LatencySummary} */ one) => {
    const runs = one.runs === 1 ? "1 run" : `${one.runs} runs`;
    return makeCard({ ...one, split_ms: { ...one.split_ms }, about: `${one.client}, ${one.transport}: ${one.samples} in ${runs}` });
  });
  byId("kept").replaceChildren(...cards);
}

/** @param {unknown} error */
function complain(error) {
  byId("notice").hidden = false;
  byId("notice").textContent = error instanceof Error ? error.message : String(error);
}

run.addEventListener("click", async () => {
  const count = takePings(/** @type {HTMLInputElement} */ (byId("count")), doing);
  if (count === null) return;
  run.disabled = true;
  byId("notice").hidden = true;
  await measure(count).catch((error) => {
    complain(error);
    doing("");
  });
  run.disabled = false;
});
showKept().catch(complain);
