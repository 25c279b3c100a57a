// @ts-check
/** The microphone in a drawer: which one, into which strip, how loud, how late, and takes of it. */
import { Microphone, inputs } from "../../client/microphone.js";
import { makeDrawer } from "./drawer.js";
import { element } from "./dom.js";
import { drawEachFrame } from "./frames.js";
import { makeGauge } from "./gauge.js";
import { makeTakes } from "./takes.js";

/** @typedef {import("../../client/front-door.js").Entry} Entry */

const FLOOR_DB = -60;
/** @type {[string, string][]} */
const PARTS = [
  ["captureMs", "device"], ["packetMs", "packet"], ["decoderMs", "codec"], ["networkMs", "network"], ["heldMs", "in hand"],
  ["mixerMs", "mixer"], ["heardMs", "way back"],
];
const NAMES = { echoCancellation: "Echo cancellation", noiseSuppression: "Noise suppression", autoGainControl: "Gain control" };

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
  const wishes = Object.entries(NAMES).map(([name, text]) => element("button", { type: "button", class: "button", text, value: name, "aria-pressed": "false", click: turnOver }));
  const said = element("p", { class: "small", role: "status" });
  const delay = element("p", { class: "dim small" });
  const gauge = makeGauge("Input", false);
  const toggle = element("button", { type: "button", class: "button", text: "Play in", "aria-pressed": "false", click: () => void turn() });
  const takes = makeTakes(microphone, entry, (text) => (said.textContent = text));

  async function turn() {
    toggle.disabled = true;
    said.textContent = "";
    try {
      if (microphone.active) await microphone.stop();
      else await microphone.start({ strip: strips.value, deviceId: devices.value, ...wanted(wishes) });
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
  microphone.on("state", ({ active: on, reason }) => {
    delay.textContent = "";
    if (String(on) === toggle.getAttribute("aria-pressed")) return;
    toggle.textContent = on ? "Stop" : "Play in";
    toggle.setAttribute("aria-pressed", String(on));
    for (const each of [strips, devices, ...wishes]) each.disabled = on;
    said.textContent = on ? unlike(microphone) : reason && `It stopped: ${reason}.`;
    stopDrawing?.();
    stopDrawing = on ? drawEachFrame(() => showLevel(gauge, microphone.levelDb)) : null;
    if (!on) showLevel(gauge, FLOOR_DB);
  });
  microphone.on("upstream", (state) => (delay.textContent = describe(microphone, state, session.stats().why)));
  const drawer = makeDrawer({
    title: "Microphone", kind: "microphone-drawer",
    content: [
      element("p", { class: "dim", text: "Play into the session. Use headphones, or the browser's echo cancellation, which changes the sound: nothing else keeps what is heard out of the microphone." }),
      element("div", { class: "row", role: "group", "aria-label": "What the browser does to the sound" }, ...wishes),
      element("div", { class: "row" }, devices, strips, toggle), gauge.body, said, delay, takes.body,
    ],
    onOpen: () => {
      void inputs().then(showDevices, () => {});
      void takes.list();
    },
  });
  Object.assign(globalThis, { telharmonicMicrophone: microphone }); // for the curious, and for the tests
  return live.length > 0 && session.role === "performer" ? [drawer] : [];
}

/** A switch of the drawer is pressed. @param {Event} event */
function turnOver({ currentTarget }) {
  const button = /** @type {HTMLButtonElement} */ (currentTarget);
  button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
}

/** What the browser is asked to do to the sound. @param {HTMLButtonElement[]} wishes */
const wanted = (wishes) => Object.fromEntries(wishes.map((each) => [each.value, each.getAttribute("aria-pressed") === "true"]));

/** Where the browser does not do as it was asked, in words. @param {Microphone} microphone */
function unlike({ processed, missing }) {
  const named = (/** @type {string[]} */ names) => names.map((name) => NAMES[/** @type {keyof NAMES} */ (name)].toLowerCase()).join(", ");
  return [
    processed.length && `The browser does not switch off its ${named(processed)}: turn it off in the system.`,
    missing.length && `The browser has no ${named(missing)} for this input.`,
  ].filter(Boolean).join(" ");
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
