// @ts-check
/**
 * Web MIDI: touch a control, move a controller, and they belong together; the mapping is kept and can be saved. Where
 * the session has JACK MIDI to play, keys and whatever belongs to no control go there.
 */
import { makeDrawer } from "./drawer.js";
import { element, replaceRows } from "./dom.js";
import { MidiKeys } from "./midi-keys.js";
import { MidiMap, readMidi, rowOf } from "./midi-map.js";

const KEPT_AS = "telharmonic.midi";

/**
 * @param {import("../../client/session.js").Session} session
 * @param {Record<string, Record<string, import("./law.js").Row>>} table
 * @param {import("./notice.js").Tell} tell
 */
export function makeMidi(session, table, tell) {
  const map = new MidiMap();
  const said = element("p", { role: "status", text: "Switch MIDI on, and the browser asks whether this page may use it." });
  const list = element("ul", { class: "mapping" });
  const learn = element("button", { type: "button", class: "button", text: "Learn", "aria-pressed": "false" });
  const say = (/** @type {string} */ text) => (said.textContent = text);
  const keys = new MidiKeys(session, tell);
  const play = element("button", {
    type: "button", class: "button", text: "Play", "aria-pressed": "false", title: "Play the server's instrument with the keys of your device",
    click: () => {
      const on = play.getAttribute("aria-pressed") !== "true";
      play.setAttribute("aria-pressed", String(on));
      if (!on) keys.release();
    },
  });
  const mayPlay = session.role === "performer" && session.state.midi === true;
  let touched = "";
  /** A touch on the page shuts the drawer, so what comes next is said over the page as well. @param {string} text */
  const guide = (text, lasting = true) => {
    say(text);
    tell(text, { calm: true, lasting });
  };

  const keep = () => {
    localStorage.setItem(KEPT_AS, map.toText());
    showList();
  };
  const showList = () => {
    replaceRows(list, map.entries.map(([key, address]) => element("li", { class: "row" },
      element("span", { text: key }), element("code", { text: address }),
      element("button", { type: "button", class: "button", text: "Forget", "aria-label": `Forget ${key}`, click: () => {
        map.forget(key);
        keep();
      } }))));
  };
  const learning = (/** @type {boolean} */ on) => {
    touched = "";
    learn.setAttribute("aria-pressed", String(on));
    guide(on ? "Touch a control on this page, then move one of your device." : "", on);
  };
  const isLearning = () => learn.getAttribute("aria-pressed") === "true";
  learn.addEventListener("click", () => learning(!isLearning()));
  session.on("change", ({ member, address }) => {
    if (!isLearning() || member !== session.member || !rowOf(table, session.state.auxes, address)) return;
    touched = address;
    guide(`${address}: now move a controller of your device.`);
  });

  const find = (/** @type {string} */ address) => {
    const row = rowOf(table, session.state.auxes, address);
    return row ? { row, value: session.state.values[address] } : null;
  };
  /** @param {Uint8Array} bytes */
  const heard = (bytes) => {
    const moved = readMidi(bytes);
    if (!moved || !(map.has(moved.key) || (isLearning() && touched))) {
      if (play.getAttribute("aria-pressed") === "true") keys.play(bytes);
      return;
    }
    if (isLearning() && touched) {
      map.learn(moved.key, touched);
      guide(`${moved.key} turns ${touched}.`, false);
      learn.setAttribute("aria-pressed", "false");
      touched = "";
      return keep();
    }
    const wish = map.take(moved, find, performance.now());
    if (wish) session.set(wish.address, wish.value).catch((error) => tell(error.message));
  };

  try {
    const kept = localStorage.getItem(KEPT_AS);
    if (kept) map.fromText(kept);
  } catch {
    localStorage.removeItem(KEPT_AS);
  }
  showList();
  const on = element("button", { type: "button", class: "button", text: "Switch MIDI on", click: () => void start(heard, say) });
  return makeDrawer({
    title: "MIDI", kind: "midi-drawer",
    content: [said, element("div", { class: "row" }, on, learn, ...(mayPlay ? [play] : [])), list, ...makeFile(map, keep, say)],
  });
}

/** @param {(bytes: Uint8Array) => void} heard @param {(text: string) => void} say */
async function start(heard, say) {
  if (!navigator.requestMIDIAccess) return say("This browser has no Web MIDI; Chrome, Edge and Firefox have.");
  try {
    const access = await navigator.requestMIDIAccess();
    const connect = () => {
      const inputs = [...access.inputs.values()];
      for (const input of inputs) input.onmidimessage = ({ data }) => data && heard(data);
      say(inputs.length ? `Listening to ${inputs.map(({ name }) => name).join(", ")}.` : "No MIDI device is there; plug one in.");
    };
    access.onstatechange = connect;
    connect();
  } catch {
    say("The browser does not let this page use MIDI: allow it in the site's settings, then switch it on again.");
  }
}

/** @param {MidiMap} map @param {() => void} keep @param {(text: string) => void} say */
function makeFile(map, keep, say) {
  const save = element("button", {
    type: "button", class: "button", text: "Save mapping",
    click: () => {
      const url = URL.createObjectURL(new Blob([map.toText()], { type: "application/json" }));
      element("a", { href: url, download: "telharmonic-midi.json" }).click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    },
  });
  const choose = element("input", {
    type: "file", accept: ".json,application/json", id: "choose-mapping", class: "visually-hidden",
    change: async () => {
      try {
        map.fromText((await choose.files?.[0]?.text()) ?? "");
        keep();
        say("The mapping is loaded.");
      } catch (error) {
        say(error instanceof Error ? error.message : String(error));
      }
      choose.value = "";
    },
  });
  const load = element("label", { class: "button as-button", for: "choose-mapping", text: "Load mapping" });
  return [element("div", { class: "row" }, save, load, choose)];
}
