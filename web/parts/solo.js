// @ts-check
/** Solo: what it silences is dimmed, and one lamp tells that somebody is soloed, also out of sight, and ends it. */
import { element } from "./dom.js";

/** @typedef {import("./wiring.js").Part} Part */

/**
 * Which channels solo lets through, as the server has it (mixer/gains.py).
 * @param {{owner: string, solo: boolean, output: string}[]} channels strips and groups
 * @returns {Set<string>} their owners
 */
export function heard(channels) {
  const soloed = new Set(channels.filter(({ solo }) => solo).map(({ owner }) => owner));
  if (soloed.size === 0) return new Set(channels.map(({ owner }) => owner));
  const outputs = new Map(channels.map(({ owner, output }) => [owner, output]));
  const through = new Set(soloed);
  for (const { owner, solo, output } of channels) {
    /** @type {string[]} */
    const way = [];
    for (let at = output; outputs.has(at) && !way.includes(at); at = outputs.get(at) ?? "") way.push(at);
    if (way.some((group) => soloed.has(group))) through.add(owner);
    if (solo) way.forEach((group) => through.add(group));
  }
  return through;
}

/**
 * @param {Map<string, {part: Part, body: Element}>} columns of strips and groups, by owner
 * @param {(values: Record<string, boolean>) => void} send values by address
 * @returns {HTMLElement} the lamp
 */
export function makeSolo(columns, send) {
  const all = [...columns.values()];
  const soloed = () => all.filter(({ part }) => part.value("solo") === true);
  const lamp = element("button", {
    type: "button", class: "switch solo lamp", text: "Solo", "aria-pressed": "true", hidden: "",
    disabled: all[0]?.part.mayTurn === false ? "" : undefined,
    click: () => send(Object.fromEntries(soloed().map(({ part }) => [`${part.owner}/solo`, false]))),
  });
  const show = () => {
    const open = heard(all.map(({ part }) => ({ owner: part.owner, solo: part.value("solo") === true, output: String(part.value("output")) })));
    for (const { part, body } of all) body.classList.toggle("unheard", !open.has(part.owner));
    const names = soloed().map(({ part }) => part.name);
    lamp.hidden = names.length === 0;
    lamp.title = `Solo: ${names.join(", ")}. Press to end it.`;
    lamp.setAttribute("aria-label", lamp.title);
  };
  for (const { part } of all) {
    part.on("solo", show);
    part.on("output", show);
  }
  return lamp;
}
