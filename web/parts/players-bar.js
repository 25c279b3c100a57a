// @ts-check
/** What is done to all players: together or one by one, by chance, spread out, stored and morphed, on a pad, with other recordings. */
import { FRONT, MORE, padNames, placing, randomised, shortLabel, spreadOut } from "./cloud-values.js";
import { makeBank } from "./cloud-bank.js";
import { element } from "./dom.js";
import { display, range } from "./law.js";
import { makeChosenPad } from "./pad-choice.js";
import { makeTypedField } from "./typed-field.js";

/** @typedef {import("./gang.js").Gang} Gang */
/** @typedef {import("./law.js").Row} Row */

const WIDE_PX = 1000; // from here on there is room for the pad

/**
 * @param {object} options
 * @param {Gang} options.gang
 * @param {Record<string, Row>} options.rows
 * @param {Omit<Parameters<typeof makeBank>[0], "values" | "rowOf">} options.bank
 * @param {() => Record<string, number>} options.values of all players, by address
 * @param {(file: File, progress: (text: string) => void) => Promise<void>} options.bring another recording
 * @param {HTMLElement} options.pings how players are pinged
 */
export function makePlayersBar({ gang, rows, bank, values, bring, pings }) {
  const chance = element("button", {
    type: "button", class: "button", text: "Randomise all",
    click: () => gang.turnEach((part) => randomised(part.rows, Math.random)),
  });
  const rowOf = (/** @type {string} */ address) => rows[address.slice(address.lastIndexOf("/") + 1)];
  return [
    element("div", { class: "acts" }, element("div", { class: "row" }, chance, makeUpload(bring)), makeSpread(gang, rows), pings),
    makeBank({ ...bank, values, rowOf }),
    makeAllPad(gang),
  ];
}

/** @param {Gang} gang @param {Record<string, Row>} rows */
function makeSpread(gang, rows) {
  const names = [...FRONT, ...MORE].filter((name) => name in rows);
  const choice = element("select", { class: "choice", "aria-label": "Parameter to spread" },
    ...names.map((name) => element("option", { value: name, text: shortLabel(rows[name]) })));
  choice.value = "grain_position";
  const ends = element("span", { class: "ends" });
  /** @type {[number, number]} */
  let wanted = [0, 1];
  const show = () => {
    const row = rows[choice.value];
    wanted = [range(row).minimum, range(row).maximum];
    ends.replaceChildren(...[0, 1].flatMap((end) => {
      const field = makeTypedField({
        row, kind: "typed end", write: (value) => display(row, value), value: () => wanted[end], onInput: (value) => (wanted[end] = value),
      });
      field.body.setAttribute("aria-label", end === 0 ? "Spread from" : "Spread to");
      field.show(wanted[end]);
      return end === 0 ? [field.body] : [element("span", { text: "to", class: "dim" }), field.body];
    }));
  };
  choice.addEventListener("change", show);
  show();
  const spread = element("button", {
    type: "button", class: "button", text: "Spread over players",
    click: () => {
      const values = spreadOut(rows[choice.value], ...wanted, gang.parts.length);
      // places that the scan does not let be heard would be none
      /** @type {Record<string, number>} */
      const placed = choice.value === "grain_position" ? { grain_position_mix: 1 } : {};
      gang.turnEach((_, player) => ({ [choice.value]: values[player], ...placed }));
    },
  });
  return element("div", { class: "row spread" }, spread, choice, ends);
}

/** Whether players go together. @param {Gang} gang */
export function makeTogether(gang) {
  const together = element("button", {
    type: "button", class: "button", text: "All together", "aria-pressed": "false",
    title: "What is turned on one player is turned on all",
    click: () => {
      gang.together = !gang.together;
      together.setAttribute("aria-pressed", String(gang.together));
    },
  });
  return together;
}

/** A pad that moves every player. @param {Gang} gang */
function makeAllPad(gang) {
  const [first] = gang.parts;
  const fold = element("details", { class: "more" }, element("summary", { text: "Pad for all players" }));
  const all = placing({
    ...first,
    named: (/** @type {(name: string) => void} */ show) => show("All players"),
    turn: (/** @type {string} */ name, /** @type {any} */ value, /** @type {number | undefined} */ gesture) => gang.turnAll({ [name]: value }, { gesture }),
  });
  const fill = () => fold.open && fold.childElementCount === 1 && fold.append(makeChosenPad(all, padNames(first.rows), ["grain_density", "grain_duration"]));
  fold.addEventListener("toggle", fill);
  fold.open = innerWidth >= WIDE_PX;
  fill();
  return fold;
}

/** @param {(file: File, progress: (text: string) => void) => Promise<void>} bring */
function makeUpload(bring) {
  const said = element("span", { class: "small", role: "status" });
  const choose = element("input", {
    type: "file", accept: "audio/*,.flac,.opus,.aiff", id: "choose-recording", class: "visually-hidden",
    change: async () => {
      const file = choose.files?.[0];
      if (file) await bring(file, (text) => (said.textContent = text)).catch((error) => (said.textContent = String(error.message ?? error)));
      choose.value = "";
    },
  });
  return element("span", { class: "upload" }, choose, element("label", { class: "button as-button", for: "choose-recording", text: "Upload a recording" }), said);
}
