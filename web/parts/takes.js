// @ts-check
/** Takes in the microphone's drawer: the button that records, and the list of what was recorded in the session. */
import { api } from "../../client/front-door.js";
import { element } from "./dom.js";

/** @typedef {import("../../client/protocol.js").TakeState} TakeState */

/**
 * @param {import("../../client/microphone.js").Microphone} microphone
 * @param {import("../../client/front-door.js").Entry} entry
 * @param {(text: string) => void} tell
 */
export function makeTakes(microphone, entry, tell) {
  const items = element("ul", { class: "takes" });
  const record = element("button", { type: "button", class: "button", text: "Record", disabled: "", "aria-pressed": "false", click: () => void turn() });

  async function turn() {
    tell("");
    await microphone.take(!microphone.recording).catch((error) => tell(`${error.message}.`));
    show();
  }

  function show() {
    record.disabled = !microphone.heard;
    record.setAttribute("aria-pressed", String(microphone.recording));
    record.textContent = microphone.recording ? "End the take" : "Record";
  }

  /** Fetch what there is: the server keeps the last ones, also of others and of this page before it was loaded anew. */
  async function list() {
    try {
      const { takes } = await api(address(entry, "takes"));
      items.replaceChildren(...takes.map((/** @type {TakeState} */ take) => makeItem(take, entry)));
    } catch (error) {
      tell(`The list of takes did not come: ${/** @type {Error} */ (error).message}.`);
    }
  }

  microphone.on("take", ({ recording, path }) => {
    show();
    if (recording) return;
    if (path) void list();
    else tell("Nothing was recorded: no sound came.");
  });
  microphone.on("state", ({ active, recording, heard }) => {
    const broke = active && !recording && record.getAttribute("aria-pressed") === "true";
    show();
    if (broke) tell("The line broke, and the take ended there.");
    if (heard) void list();
  });
  return { body: element("div", {}, element("div", { class: "row" }, record), items), list };
}

/** @param {import("../../client/front-door.js").Entry} entry @param {string} path from the session's own, or whole */
function address({ ws, token }, path) {
  const url = new URL(path, ws.replace(/^ws/, "http"));
  url.searchParams.set("token", token);
  return url.href;
}

/** @param {TakeState} take @param {import("../../client/front-door.js").Entry} entry */
function makeItem({ name, path, start_s: startS, duration_s: durationS }, entry) {
  const place = startS === null || startS === undefined ? "" : `, begins at ${startS.toFixed(3)} s of the time line`;
  const link = element("a", { href: address(entry, path ?? ""), download: `${name}.wav`, text: `${name}.wav` });
  return element("li", {}, link, ` ${durationS?.toFixed(1)} s${place}`);
}
