// @ts-check
/**
 * Level meters: peak and RMS of both sides with a peak hold, and the gain reduction beside them. All are drawn in one
 * animation frame; a meter that shows nothing new is not drawn.
 */
import { Component } from "./component.js";
import { element } from "./dom.js";
import { drawWhileSeen } from "./frames.js";
import { BOTTOM_DB, marks, meterHeight, REDUCTION_WHOLE_DB } from "./meter-scale.js";
import { colour, onPalette } from "./palette.js";

/** @typedef {import("./law.js").Row} Row */

const FALL_DB_S = 24;
const HOLD_S = 1.5;
const BAR = 6;
const SPACE = 2;
/** @type {[number, string][]} */
const LADDER = [[-18, "--meter-low"], [-6, "--meter-mid"], [-1, "--meter-high"], [0, "--meter-over"]];
const SILENCE = [BOTTOM_DB, BOTTOM_DB];
const SILENT_S = 0.5; // so long after the last reading there is nothing to show

export class Meter extends Component {
  /** @param {import("./component.js").Desk} desk */
  stand(desk) {
    const { owner, rows } = desk.part(this.address);
    this.fill({ row: rows.fader ?? rows.level, reduction: owner === "master" || "comp_on" in rows });
    desk.session.on("meters", ({ channels, auxes, master }) => {
      if (owner === "master") return this.show(master.peak, master.rms, master.limiter_db);
      const [l, r, rmsL, rmsR, reduction = 0] = channels[owner] ?? auxes[owner.replace("aux/", "")];
      this.show([l, r], [rmsL, rmsR], reduction);
    });
  }

  /** @param {{row: Row, reduction?: boolean, bar?: number}} options row: the fader's beside it; reduction: with a bar for the compressor or limiter */
  fill({ row, reduction = false, bar = BAR }) {
    this.#row = row;
    this.#bar = bar;
    this.#reduction = reduction;
    this.#width = 2 * bar + SPACE + (reduction ? SPACE + 4 : 0);
    this.body.style.width = `${this.#width}px`;
    new ResizeObserver(() => this.#resize()).observe(this.body);
    onPalette(() => this.#resize());
    drawWhileSeen(this.body, (passedS) => this.#draw(passedS));
    this.append(this.body);
    return this;
  }

  body = element("canvas", { class: "meter", "aria-hidden": "true" });
  /** @type {Row} */
  #row = { name: "", label: "", unit: "dB", law: "db", default: 0, allowed: "" };
  /** @type {number[]} where the scale's lines are, px from above */
  #marks = [];
  #bar = BAR;
  #reduction = false;
  #width = 0;
  #height = 0;
  /** @type {CanvasRenderingContext2D | null} */
  #context = null;
  /** @type {CanvasGradient | string} */
  #ladder = "";
  #ground = "";
  #markColour = "";
  #reductionColour = "";
  #peaks = [BOTTOM_DB, BOTTOM_DB];
  #shown = [BOTTOM_DB, BOTTOM_DB];
  #rms = [BOTTOM_DB, BOTTOM_DB];
  #held = [BOTTOM_DB, BOTTOM_DB];
  #heldS = [0, 0];
  #reductionDb = 0;
  #unreadS = 0;
  #stale = true;

  #resize() {
    if (this.body.clientHeight === 0) return; // out of sight, and as it was when it comes back
    const scale = window.devicePixelRatio || 1;
    this.#height = this.body.clientHeight;
    this.#marks = marks(this.#row).map((db) => Math.round(this.#height - this.#at(db)));
    this.body.width = Math.round(this.#width * scale);
    this.body.height = Math.round(this.#height * scale);
    const context = this.body.getContext("2d", { alpha: false }); // what hides what is behind it is cheaper to show
    if (!context) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const ladder = context.createLinearGradient(0, this.#height, 0, 0);
    ladder.addColorStop(0, colour("--meter-low"));
    for (const [db, name] of LADDER) ladder.addColorStop(this.#at(db) / this.#height, colour(name));
    this.#ladder = ladder;
    this.#ground = colour("--meter-ground");
    this.#markColour = colour("--edge-strong");
    this.#reductionColour = colour("--reduction");
    this.#context = context;
    this.#stale = true;
  }

  /**
   * @param {number[]} peakDb left, right
   * @param {number[]} rmsDb left, right
   * @param {number} [reductionDb] 0 or below
   */
  show(peakDb, rmsDb, reductionDb = 0) {
    this.#peaks = peakDb;
    this.#rms = rmsDb;
    this.#reductionDb = Math.abs(reductionDb);
    this.#unreadS = 0;
    this.#stale = true;
  }

  /** @param {number} db */
  #at(db) {
    return meterHeight(this.#row, db, this.#height);
  }

  /** @param {number} passedS since the last time */
  #draw(passedS) {
    this.#unreadS += passedS;
    if (this.#unreadS > SILENT_S) [this.#peaks, this.#rms, this.#reductionDb] = [SILENCE, SILENCE, 0]; // the line is broken
    for (const side of [0, 1]) this.#fall(side, passedS);
    const context = this.#context;
    if (!context || !this.#stale) return;
    this.#stale = this.#shown.some((db) => db > BOTTOM_DB) || this.#held.some((db) => db > BOTTOM_DB);
    context.globalAlpha = 1;
    context.fillStyle = this.#ground;
    context.fillRect(0, 0, this.#width, this.#height);
    for (const side of [0, 1]) this.#drawSide(context, side * (this.#bar + SPACE), side);
    this.#drawMarks(context);
    if (this.#reduction) this.#drawReduction(context);
  }

  /** @param {number} side @param {number} passedS */
  #fall(side, passedS) {
    this.#shown[side] = Math.max(this.#peaks[side], this.#shown[side] - FALL_DB_S * passedS, BOTTOM_DB);
    this.#heldS[side] -= passedS;
    if (this.#shown[side] >= this.#held[side]) {
      this.#held[side] = this.#shown[side];
      this.#heldS[side] = HOLD_S;
    } else if (this.#heldS[side] < 0) {
      this.#held[side] = Math.max(BOTTOM_DB, this.#held[side] - FALL_DB_S * passedS);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {number} x @param {number} side */
  #drawSide(context, x, side) {
    const height = this.#height;
    const peak = this.#at(this.#shown[side]);
    const rms = Math.min(peak, this.#at(this.#rms[side]));
    context.fillStyle = this.#ladder;
    context.globalAlpha = 0.55;
    context.fillRect(x, height - peak, this.#bar, peak);
    context.globalAlpha = 1;
    context.fillRect(x, height - rms, this.#bar, rms);
    const held = this.#at(this.#held[side]);
    if (held > 0) context.fillRect(x, height - held, this.#bar, 1.5);
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawMarks(context) {
    context.fillStyle = this.#markColour;
    for (const y of this.#marks) context.fillRect(0, y, 2 * this.#bar + SPACE, 1);
  }

  /** @param {CanvasRenderingContext2D} context */
  #drawReduction(context) {
    const height = Math.min(1, this.#reductionDb / REDUCTION_WHOLE_DB) * this.#height;
    context.fillStyle = this.#reductionColour;
    context.fillRect(this.#width - 4, 0, 4, height);
  }
}

customElements.define("tel-meter", Meter);

/** @param {{row: Row, reduction?: boolean, bar?: number}} options */
export const makeMeter = (options) => new Meter().fill(options);
