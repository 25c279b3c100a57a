// @ts-check
/** Files in and out: open one's own music by drop or choice, bring an impulse response, take session, mix and stems home. */
import { post } from "../../client/front-door.js";
import { makeDownloads } from "./downloads.js";
import { makeDrawer } from "./drawer.js";
import { element } from "./dom.js";
import { makeSending } from "./sending.js";
import { filesOf, readLimits, soundsOf, upload } from "./upload.js";

/** @typedef {import("../../client/front-door.js").Entry} Entry */

/**
 * @param {import("../../client/session.js").Session} session
 * @param {Entry} entry
 */
export function makeMusic(session, entry) {
  const sending = makeSending();
  const limits = element("p", { class: "dim small" });
  const open = (/** @type {File[]} */ files, /** @type {string} */ name) => void sending.send(soundsOf(files), name);
  const choose = element("input", {
    type: "file", multiple: "", accept: "audio/*,.flac,.opus,.aiff", id: "choose-music", class: "visually-hidden",
    change: () => open([...(choose.files ?? [])], ""),
  });
  const drawer = makeDrawer({
    title: "Files", kind: "files-drawer",
    content: [
      element("h3", { text: "Open your own music" }),
      element("p", { class: "dim", text: "Drop audio files or a folder anywhere on this page, or choose them: each becomes a strip of a new session." }),
      element("label", { class: "button as-button", for: "choose-music", text: "Choose files" }), choose, sending.body, limits,
      ...(session.role === "listener" ? [] : makeImpulse(session, entry)),
      ...makeDownloads(entry, session.role),
    ],
    onOpen: () => void readLimits().then((told) => (limits.textContent = limitsText(told)), () => {}),
  });
  takeDrops((files, name) => {
    drawer.body.showPopover();
    open(files, name);
  });
  return drawer;
}

/** @param {import("../../client/protocol.js").UploadLimits} limits */
function limitsText({ kinds, file_bytes, file_duration_s, files_an_hour, session_strips }) {
  const each = `up to ${Math.round(file_bytes / 2 ** 20)} MB and ${Math.round(file_duration_s / 60)} minutes a file`;
  return `${kinds.join(", ")}; ${each}, ${session_strips} files a session, ${files_an_hour} files an hour.`;
}

/** @param {(files: File[], name: string) => void} take */
function takeDrops(take) {
  const veil = element("div", { class: "drop-veil", hidden: "", text: "Drop to open a session of your files" });
  document.body.append(veil);
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  window.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  window.addEventListener("dragleave", (event) => event.relatedTarget === null && (veil.hidden = true));
  window.addEventListener("drop", async (event) => {
    if (!event.dataTransfer || !carriesFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    const { files, name } = await filesOf(event.dataTransfer);
    take(files, name);
  });
}

/** @param {import("../../client/session.js").Session} session @param {Entry} entry */
function makeImpulse(session, entry) {
  const said = element("p", { class: "small", role: "status" });
  const choose = element("input", {
    type: "file", accept: "audio/*,.flac,.aiff", id: "choose-impulse", class: "visually-hidden",
    change: async () => {
      const file = choose.files?.[0];
      if (!file) return;
      try {
        const sent = await upload(file, (share) => (said.textContent = `Sending ${Math.round(share * 100)} %`));
        const added = await post(`/api/sessions/${session.sessionId}/impulses`, { upload: sent.upload, name: file.name.replace(/\.\w+$/, "").slice(0, 64) }, entry.token);
        said.textContent = `Every reverb can be set to ${added.name} now.`;
      } catch (error) {
        said.textContent = error instanceof Error ? error.message : String(error);
      }
      choose.value = "";
    },
  });
  return [
    element("h3", { text: "Your own room" }),
    element("label", { class: "button as-button", for: "choose-impulse", text: "Add an impulse response" }), choose, said,
  ];
}
