// @ts-check
/** One column of the desk: a strip, a group or an aux return. Folded it is a fader; unfolded, all that it has. */
import { element, icon } from "./dom.js";
import { makeFader } from "./fader.js";
import { makeLabelEditor } from "./label-editor.js";
import { makeMeter } from "./meter.js";
import { makeSheetHead } from "./section.js";
import { makeSheet } from "./sheet.js";
import { makeShutMark } from "./shut.js";
import { makePan } from "./slider.js";
import { makeSwitch } from "./switch.js";

/** @typedef {import("./wiring.js").Part} Part */
/** @typedef {{body: HTMLElement, showReduction?: (db: number) => void, showSpectrum?: (bandsDb: number[]) => void}} Panel */

const UNFOLD = "M6 3l5 5-5 5";

/**
 * @param {object} options
 * @param {Part} options.part
 * @param {string} options.kind what it is, if it is no plain strip
 * @param {string} options.colour #rrggbb or empty
 * @param {string} options.level name of the fader's parameter
 * @param {Element} options.glance what a folded column shows of its panel
 * @param {() => Panel} options.makePanel called when it is unfolded first
 * @param {boolean} options.unfolded
 * @param {(unfolded: boolean) => void} options.onFold
 * @param {(wish: import("./label-editor.js").Wish) => void} options.describe call it otherwise
 */
export function makeStrip({ part, kind, colour, level, glance, makePanel, unfolded, onFold, describe }) {
  const body = element("section", { class: kind ? "strip bus" : "strip", "data-owner": part.owner });
  const written = element("span", {});
  const shut = makeShutMark();
  const title = element("h2", { class: "name" }, shut.body, written);
  if (kind) title.append(element("span", { class: "kind", text: kind }));
  const said = element("span", { class: "visually-hidden" });
  const unfold = element("button", { type: "button", class: "unfold", title: "All settings" }, said, glance, icon(UNFOLD));
  const fader = makeFader(part, level);
  const meter = makeMeter({ row: part.rows[level], reduction: "comp_on" in part.rows });
  fader.way.append(meter);
  const pan = element("div", { class: "pan" }, ...(part.rows.pan ? [makePan(part, "pan")] : []));
  const channel = element("div", { class: "channel" }, title, unfold, pan, makeSwitches(part, body), fader);
  body.append(channel);
  /** @type {Panel | null} */
  let panel = null;
  /** @type {((open: boolean) => void) | undefined} */
  let sheet;
  /** @param {boolean} open */
  const fold = (open) => {
    if (open && !panel) {
      panel = makePanel();
      panel.body.prepend(makeSheetHead(part, () => unfold.click()), editor.body);
      body.append(panel.body);
      sheet = makeSheet(panel.body, unfold, () => fold(false));
    }
    if (panel) panel.body.hidden = !open;
    body.classList.toggle("unfolded", open);
    unfold.setAttribute("aria-expanded", String(open));
    sheet?.(open);
  };
  unfold.addEventListener("click", () => {
    const open = !body.classList.contains("unfolded");
    fold(open);
    onFold(open);
    if (open) body.scrollIntoView({ inline: "nearest", block: "nearest" });
    else unfold.focus();
  });
  const editor = makeLabelEditor(part, describe);
  title.addEventListener("dblclick", () => {
    if (!body.classList.contains("unfolded")) unfold.click();
    editor.focus();
  });
  part.named((name) => {
    body.setAttribute("aria-label", name);
    written.textContent = title.title = name;
    said.textContent = `${name} settings`;
  });
  /** @param {string} now #rrggbb or empty */
  const showColour = (now) => {
    body.style.setProperty("--colour", now || "var(--edge-strong)");
    editor.showColour(now);
  };
  showColour(colour);
  fold(unfolded);
  /** @param {number[]} levels peak left, right, RMS left, right, gain reduction; dB */
  const showLevels = ([l, r, rmsL, rmsR, reduction = 0]) => {
    meter.show([l, r], [rmsL, rmsR], reduction);
    panel?.showReduction?.(reduction);
  };
  /** @param {number[]} bandsDb */
  const showSpectrum = (bandsDb) => panel?.showSpectrum?.(bandsDb);
  return { body, showLevels, showSpectrum, showColour, showShut: shut.show };
}

/** @param {Part} part @param {HTMLElement} body */
function makeSwitches(part, body) {
  const group = element("div", { class: "switches" });
  for (const parameter of ["mute", "solo"]) {
    const row = part.rows[parameter];
    if (row) group.append(makeSwitch(part, parameter, { text: row.label.slice(0, 1), kind: parameter }));
  }
  part.on("mute", (on) => body.classList.toggle("silent", on === true));
  return group;
}
