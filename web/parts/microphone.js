// @ts-check
/** The microphone in a drawer: which one, into which strip, how loud, how late, and takes of it. */
import { Microphone, inputs } from "../../client/microphone.js";
import { makeDrawer } from "./drawer.js";
import { element } from "./dom.js";
import { drawEachFrame } from "./frames.js";
import { makeGauge } from "./gauge.js";

/** @typedef {import("../../client/front-door.js").Entry} Entry */

const FLOOR_DB = -60;
/** @type {[string, string][]} */
const PARTS = [
  ["captureMs", "device"], ["packetMs", "packet"], ["decoderMs", "codec"], ["networkMs", "network"], ["heldMs", "in hand"],
  ["mixerMs", "mixer"], ["heardMs", "way back"],
];
const NAMES = { echoCancellation: "echo cancellation", noiseSuppression: "noise suppression", autoGainControl: "gain control" };

/**
 * @param {import("../../client/session.js").Session} session
 * @param {Entry} entry
 */
export function makeMicrophone(session, entry) {
  const microphone = new Microphone(session);
  const live = session.state.strips.filter((strip) => strip.live);
  const strips = element("select", { class: "button", "aria-label": "Strip to play into" },
    ...live.map(({ id, name }) => element("option", { value: id, text: name || id })));
  const devices = element("select", { class: "button", "aria-label": "Microphone" });
  const said = element("p", { class: "small", role: "status" });
  const delay = element("p", { class: "dim small" });
  const gauge = makeGauge("Input", false);
  const toggle = element("button", { type: "button", class: "button", text: "Play in", click: () => void turn() });
  const takes = makeTakes(microphone, entry, (text) => (said.textContent = text));

  async function turn() {
    toggle.disabled = true;
    said.textContent = "";
    try {
      if (microphone.active) await microphone.stop();
      else await microphone.start({ strip: strips.value, deviceId: devices.value });
    } catch (error) {
      said.textContent = `${/** @type {Error} */ (error).message}.`;
    }
    toggle.disabled = false;
  }

  /** @param {MediaDeviceInfo[]} found */
  const showDevices = (found) => {
    const chosen = microphone.settings.deviceId ?? devices.value;
    if (found.length === 0) devices.replaceChildren(element("option", { value: "", text: "None found" }));
    else devices.replaceChildren(...found.map(({ deviceId, label }, n) => element("option", { value: deviceId, text: label || `Input ${n + 1}` })));
    if (found.some(({ deviceId }) => deviceId === chosen)) devices.value = chosen;
  };
  /** @type {(() => void) | null} */
  let stopDrawing = null;
  microphone.on("devices", showDevices);
  microphone.on("state", ({ active: on, processed, reason }) => {
    toggle.textContent = on ? "Stop" : "Play in";
    toggle.setAttribute("aria-pressed", String(on));
    strips.disabled = devices.disabled = on;
    const left = processed.map((name) => NAMES[/** @type {keyof NAMES} */ (name)]).join(", ");
    said.textContent = on && left ? `The browser does not switch off its ${left}: turn it off in the system.` : reason && `It stopped: ${reason}.`;
    delay.textContent = "";
    takes.enable(on);
    stopDrawing?.();
    stopDrawing = on ? drawEachFrame(() => showLevel(gauge, microphone.levelDb)) : null;
    if (!on) showLevel(gauge, FLOOR_DB);
  });
  microphone.on("upstream", (state) => (delay.textContent = describe(microphone, state, session.stats().why)));
  const drawer = makeDrawer({
    title: "Microphone", kind: "microphone-drawer",
    content: [
      element("p", { class: "dim", text: "Play into the session. Use headphones: nothing keeps what is heard out of the microphone." }),
      element("div", { class: "row" }, devices, strips, toggle), gauge.body, said, delay, takes.body,
    ],
    onOpen: () => void inputs().then(showDevices, () => {}),
  });
  Object.assign(globalThis, { telharmonicMicrophone: microphone }); // for the curious, and for the tests
  return live.length > 0 && session.role === "performer" ? [drawer] : [];
}

/** @param {{show: (text: string, from: number, width: number) => void}} bar @param {number} levelDb */
function showLevel(bar, levelDb) {
  const share = Math.min(1, Math.max(0, 1 - levelDb / FLOOR_DB));
  bar.show(levelDb > FLOOR_DB ? `${levelDb.toFixed(0)} dB` : "–", 0, share);
}

/**
 * How it arrives, in words.
 * @param {Microphone} microphone
 * @param {import("../../client/protocol.js").UpstreamState} state
 * @param {string} why of the way the sound takes
 */
function describe(microphone, state, why) {
  if (!state.packets) return `Nothing arrives yet (${why}).`;
  const { delay } = microphone;
  const parts = delay ? PARTS.map(([name, text]) => `${text} ${Math.round(/** @type {any} */ (delay.split)[name])}`).join(", ") : "";
  const lost = Math.round((state.concealed_frames ?? 0) / 48);
  const faults = [lost && `${lost} ms concealed`, state.dry && `${state.dry} gaps`, state.shut && `shut ${state.shut} times: too loud or no sound`];
  return [`You hear yourself after ${Math.round(delay?.totalMs ?? 0)} ms (${parts}).`, ...faults.filter(Boolean).map((text) => `${text}.`)].join(" ");
}

/**
 * Recording, and the list of what was recorded.
 * @param {Microphone} microphone
 * @param {Entry} entry
 * @param {(text: string) => void} tell
 */
function makeTakes(microphone, entry, tell) {
  const list = element("ul", { class: "takes" });
  const record = element("button", {
    type: "button", class: "button", text: "Record", disabled: "", "aria-pressed": "false",
    click: () => {
      const on = record.getAttribute("aria-pressed") !== "true";
      microphone.take(on).then(show, (error) => tell(error.message));
    },
  });
  /** @param {import("../../client/protocol.js").TakeState} take */
  const show = ({ recording, name, path, start_s: startS, duration_s: durationS }) => {
    record.setAttribute("aria-pressed", String(recording));
    record.textContent = recording ? "End the take" : "Record";
    if (recording || !path) return;
    const url = new URL(path, entry.ws.replace(/^ws/, "http"));
    url.searchParams.set("token", entry.token);
    const place = startS === null || startS === undefined ? "" : `, begins at ${startS.toFixed(3)} s of the time line`;
    list.append(element("li", {}, element("a", { href: url.href, download: `${name}.wav`, text: `${name}.wav` }), ` ${durationS?.toFixed(1)} s${place}`));
  };
  microphone.on("take", (take) => take.id === null && show(take));
  const enable = (/** @type {boolean} */ on) => {
    record.disabled = !on;
    if (!on) {
      record.setAttribute("aria-pressed", "false");
      record.textContent = "Record";
    }
  };
  return { body: element("div", {}, element("div", { class: "row" }, record), list), enable };
}
