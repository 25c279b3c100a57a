// @ts-check
/**
 * Stored clouds of all players: four places, and a slider that goes from one to another. Kept on this device by the
 * session's name; of another session of that name those count which its players have.
 */
import { morphed } from "./cloud-values.js";
import { oncePerFrame } from "./control.js";
import { element } from "./dom.js";
import { gestureOf } from "./gestures.js";

/** @typedef {import("./law.js").Row} Row */
/** @typedef {Record<string, number>} Values by address */

export const PLACES = ["A", "B", "C", "D"];
const GO_S = 1; // how long it goes to a stored cloud

/** What is kept of a session of that name; what others wrote there is none. @param {string} name @param {Pick<Storage, "getItem">} memory @returns {Record<string, Values>} */
export function keptClouds(name, memory) {
  try {
    const kept = JSON.parse(memory.getItem(`telharmonic.clouds.${name}`) ?? "{}");
    const entries = PLACES.flatMap((place) => (kept?.[place] && typeof kept[place] === "object" ? [[place, numbersOf(kept[place])]] : []));
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}

/** @param {Record<string, unknown>} values */
function numbersOf(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === "number" && Number.isFinite(value)));
}

/**
 * @param {object} options
 * @param {string} options.name of the session
 * @param {Storage} options.memory
 * @param {() => Values} options.values of all players now
 * @param {(address: string) => Row | undefined} options.rowOf
 * @param {(values: Values, manner?: import("./settings-out.js").Manner) => void} options.send
 */
export function makeBank({ name, memory, values, rowOf, send }) {
  const clouds = keptClouds(name, memory);
  const said = element("output", { class: "small dim" });
  const way = element("input", { type: "range", min: "0", max: "1", step: "0.01", value: "0", class: "morph", "aria-label": "Morph" });
  const [from, to] = ["from", "to"].map((end, index) => element("select", { class: "choice", "aria-label": `Morph ${end}` },
    ...PLACES.map((place, at) => element("option", { value: place, text: place, ...(at === index ? { selected: "" } : {}) }))));
  const show = () => {
    for (const button of recalls) button.disabled = !clouds[button.value];
    way.disabled = !clouds[from.value] || !clouds[to.value];
    if (way.disabled) said.textContent = "Store two clouds to go from one to the other.";
    else if (said.textContent?.startsWith("Store two")) said.textContent = "";
  };
  /** What the players that are there have of it. @param {string} place */
  const cloudAt = (place) => {
    const there = values();
    return Object.fromEntries(Object.entries(clouds[place]).filter(([address]) => address in there));
  };
  const goTo = (/** @type {string} */ place) => {
    send(cloudAt(place), { rampS: GO_S });
    const end = [from.value, to.value].indexOf(place);
    if (end >= 0) way.value = String(end);
  };
  const store = (/** @type {string} */ place) => {
    clouds[place] = values();
    memory.setItem(`telharmonic.clouds.${name}`, JSON.stringify(clouds));
    said.textContent = `Stored as ${place}.`;
    show();
  };
  const stores = PLACES.map((place) => element("button", { type: "button", class: "button", text: place, "aria-label": `Store cloud ${place}`, click: () => store(place) }));
  const recalls = PLACES.map((place) => element("button", {
    type: "button", class: "button", value: place, text: place, "aria-label": `Go to cloud ${place}`, click: () => goTo(place),
  }));
  const move = oncePerFrame((share) => send(morphed(rowOf, cloudAt(from.value), cloudAt(to.value), share), { gesture: gestureOf(way) }));
  way.addEventListener("input", () => move(Number(way.value)));
  for (const select of [from, to]) select.addEventListener("change", show);
  show();
  return element("div", { class: "bank" },
    element("div", { class: "row", role: "group", "aria-label": "Store" }, element("span", { class: "caption", text: "Store" }), ...stores),
    element("div", { class: "row", role: "group", "aria-label": "Recall" }, element("span", { class: "caption", text: "Go to" }), ...recalls),
    element("div", { class: "row morph-row" }, element("span", { class: "caption", text: "Morph" }), from, way, to), said);
}
