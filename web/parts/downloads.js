// @ts-check
/** Taking home: the session file at once; mix and stems when the server has rendered them. */
import { api, post } from "../../client/front-door.js";
import { element } from "./dom.js";

/** @typedef {import("../../client/front-door.js").Entry} Entry */
/** @typedef {import("../../client/protocol.js").BounceView} BounceView */

const ASK_MS = 500;

/** @param {Entry} entry @param {string} role @returns {HTMLElement[]} */
export function makeDownloads(entry, role) {
  const said = element("p", { class: "small", role: "status" });
  const bar = element("progress", { max: "1", value: "0", hidden: "", "aria-label": "Rendering" });
  const format = element("select", { class: "button", "aria-label": "Format of mix and stems" },
    ...["wav", "flac", "ogg"].map((name) => element("option", { value: name, text: name.toUpperCase() })));
  const make = (/** @type {string} */ text, /** @type {() => Promise<void>} */ act) => {
    const button = element("button", {
      type: "button", class: "button", text,
      click: async () => {
        button.disabled = true;
        said.textContent = "";
        await act().catch((error) => (said.textContent = `${error.message}`));
        bar.hidden = true;
        button.disabled = false;
      },
    });
    return button;
  };
  const file = make("Session file", () => save(entry, `/api/sessions/${entry.session}/file`, "session.toml"));
  const bounce = (/** @type {boolean} */ stems) => async () => {
    const share = (/** @type {number} */ done) => {
      bar.hidden = false;
      bar.value = done;
    };
    const done = await render(entry, { format: format.value, stems }, share);
    await save(entry, String(done.file), stems ? "stems.zip" : `mix.${format.value}`);
    said.textContent = stems ? "The stems are in your downloads." : "The mix is in your downloads.";
  };
  const mixes = role === "listener" ? [] : [element("div", { class: "row" }, format, make("Mix", bounce(false)), make("Stems", bounce(true)))];
  return [element("h3", { text: "Take home" }), element("div", { class: "row" }, file), ...mixes, bar, said];
}

/**
 * Have the server render, and wait until it has.
 * @param {Entry} entry
 * @param {{format: string, stems: boolean}} wish
 * @param {(share: number) => void} progress
 * @returns {Promise<BounceView>}
 */
async function render({ session, token }, wish, progress) {
  /** @type {BounceView} */
  let view = await post(`/api/sessions/${session}/bounces`, wish, token);
  while (view.state === "waiting" || view.state === "running") {
    progress(view.progress);
    await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    view = await api(new URL(view.self, location.href).pathname, { headers: { Authorization: `Bearer ${token}` } });
  }
  if (view.state === "failed") throw new Error(view.message || "the rendering failed; try again");
  return view;
}

/** @param {Entry} entry @param {string} path @param {string} name */
async function save({ token }, path, name) {
  const answer = await fetch(path, { headers: { Authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.error?.message ?? `the server answered ${answer.status}`);
  const told = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "");
  const url = URL.createObjectURL(await answer.blob());
  element("a", { href: url, download: told?.[1] ?? name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
