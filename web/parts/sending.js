// @ts-check
/** Files on their way into a session of their own: one row each, and what became of it. */
import { element } from "./dom.js";
import { openUploads, readLimits, upload } from "./upload.js";

/** @typedef {import("./upload.js").Uploaded} Uploaded */
/** @typedef {ReturnType<typeof makeRow>} Row */

export function makeSending() {
  const list = element("ul", { class: "sending" });
  const said = element("p", { role: "status" });
  const without = element("button", { type: "button", class: "button primary", text: "Open it without them", hidden: "" });
  const say = (/** @type {string} */ text) => (said.textContent = text);
  let begun = 0;

  /** @param {Uploaded[]} uploads @param {string} name */
  const open = async (uploads, name) => {
    without.hidden = true;
    try {
      location.hash = await openUploads(uploads, name);
    } catch (error) {
      say(`No session: ${why(error)}`);
    }
  };

  /**
   * Send files one after the other, and open a session of them: at once if all were taken, else when it is asked for.
   * @param {File[]} files
   * @param {string} name of the session; if empty, it is called after the first file that was taken
   */
  const send = async (files, name) => {
    const mine = ++begun;
    without.hidden = true;
    const rows = files.map((file) => makeRow(file));
    list.replaceChildren(...rows.map(({ body }) => body));
    if (files.length === 0) return say("There is no file in what you dropped.");
    say("");
    const taken = await sendRows(rows, say);
    if (mine !== begun) return; // others were dropped meanwhile
    const left = files.length - taken.length;
    if (left === 0) return open(taken, name);
    if (taken.length === 0) return say("No session: the server took none of these files.");
    say(`${left} of ${files.length} files ${left === 1 ? "is" : "are"} not in the new session; the list says why.`);
    without.onclick = () => void open(taken, name);
    without.hidden = false;
  };
  return { body: element("div", { class: "sending-all" }, said, without, list), send };
}

/**
 * @param {Row[]} rows
 * @param {(text: string) => void} say
 * @returns {Promise<Uploaded[]>} those that were taken, in their order
 */
async function sendRows(rows, say) {
  const most = await readLimits().then((limits) => limits.session_strips, () => rows.length); // the server will tell what is wrong
  for (const { fail } of rows.slice(most)) fail(`Left out: a session holds at most ${most} strips.`);
  if (rows.length > most) say(`A session holds at most ${most} strips: ${rows.length - most} of these ${rows.length} files are left out, from ${rows[most].file.name} on.`);
  const taken = [];
  for (const { file, progress, fail } of rows.slice(0, most)) {
    try {
      taken.push(await upload(file, progress));
    } catch (error) {
      fail(why(error));
    }
  }
  return taken;
}

/** @param {File} file */
function makeRow(file) {
  const bar = element("progress", { max: "1", value: "0", "aria-label": `Sending ${file.name}` });
  const note = element("p", { class: "small wrong" });
  return {
    file, body: element("li", {}, element("span", { text: file.name }), bar, note),
    progress: (/** @type {number} */ share) => (bar.value = share),
    fail: (/** @type {string} */ reason) => {
      bar.hidden = true;
      note.textContent = reason;
    },
  };
}

/** @param {unknown} error */
const why = (error) => (error instanceof Error ? error.message : String(error));
