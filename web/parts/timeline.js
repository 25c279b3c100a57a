// @ts-check
/**
 * The song over the width of the page: waveforms, ruler, loop region, and the playhead, which is where the sound is
 * that is heard now. A click goes there; a drag along the ruler (or with Shift) makes a loop; the wheel and two fingers
 * come closer.
 */
import { element, icon } from "./dom.js";
import { drawEachFrame } from "./frames.js";
import { fetchPeaks } from "./peaks.js";
import { followPinch } from "./pinch.js";
import { TimeView } from "./time-view.js";
import { clockText } from "./transport.js";
import { drawWaves, RULER_PX } from "./waves.js";

/** @typedef {import("../../client/session.js").Session} Session */
/** @typedef {(command: import("../../client/types.js").Command) => void} Send */

const ZOOM_STEP = 1.6;
const DRAG_PX = 4;
const FETCH_PAUSE_MS = 120; // so that a turning wheel asks for waveforms once
const STEP_S = 1;
const PAGE_S = 10;
const ICONS = {
  closer: "M7 2h2v5h5v2H9v5H7V9H2V7h5z",
  farther: "M2 7h12v2H2z",
  fit: "M1 3h2v10H1zM13 3h2v10h-2zM4 8l3-3v2h2V5l3 3-3 3V9H7v2z",
};

export class Timeline {
  /**
   * @param {HTMLElement} place
   * @param {Session} session
   * @param {import("../../client/front-door.js").Entry} entry
   * @param {Send} send
   */
  constructor(place, session, entry, send) {
    this.#session = session;
    this.#entry = entry;
    this.#send = send;
    this.view = new TimeView(session.state.duration_s);
    this.body.append(this.#canvas, this.#region, this.#head);
    place.replaceChildren(this.body, this.overlay, this.#makeButtons());
    this.#listen();
    new ResizeObserver(() => {
      this.#widthPx = this.body.clientWidth; // asked for in each frame it would cost a layout
      this.#changed();
    }).observe(this.#canvas);
    window.addEventListener("themechange", () => this.#draw());
    for (const event of /** @type {const} */ (["transport", "state"])) session.on(event, () => this.#showLoop());
    for (const event of /** @type {const} */ (["described", "state"])) session.on(event, () => this.#draw());
    this.#showLoop();
    drawEachFrame(() => this.#tick());
  }

  #session;
  #entry;
  #send;
  /** @type {import("./peaks.js").Peaks | null} */
  #peaks = null;
  #asked = new AbortController();
  #fetching = 0;
  #said = -1;
  #widthPx = 0;
  #headAt = "";
  #canvas = element("canvas", { "aria-hidden": "true" });
  #region = element("i", { class: "loop-region", hidden: true });
  #head = element("i", { class: "playhead" });
  /** where others draw over the waveforms */
  overlay = element("div", { class: "overlay", hidden: "" });
  body = element("div", {
    class: "timeline-body", role: "slider", tabindex: "0", "aria-label": "Position", "aria-orientation": "horizontal",
    "aria-valuemin": "0", "aria-valuenow": "0",
  });
  /** @type {Set<() => void>} told when another stretch is seen */
  onView = new Set();

  #makeButtons() {
    const { view } = this;
    const middle = () => (this.#seen(this.#session.position) ? this.#session.position : view.startS + view.spanS / 2);
    const make = (/** @type {keyof typeof ICONS} */ name, /** @type {string} */ label, /** @type {() => void} */ act) => {
      const click = () => {
        act();
        this.#changed();
      };
      const button = element("button", { type: "button", class: "key small", "aria-label": label, title: label, click });
      button.append(icon(ICONS[name]));
      return button;
    };
    return element("div", { class: "zoom", role: "group", "aria-label": "Zoom" },
      make("closer", "Zoom in", () => view.zoom(ZOOM_STEP, middle())),
      make("farther", "Zoom out", () => view.zoom(1 / ZOOM_STEP, middle())),
      make("fit", "Show the whole song", () => view.fit()));
  }

  /** @param {number} seconds */
  #seen(seconds) {
    return seconds >= this.view.startS && seconds <= this.view.endS;
  }

  /** Another stretch, or another width. */
  #changed() {
    this.body.setAttribute("aria-valuemax", this.view.durationS.toFixed(2));
    this.#draw();
    this.#showLoop();
    for (const listener of this.onView) listener();
    clearTimeout(this.#fetching);
    this.#fetching = window.setTimeout(() => void this.#fetch(), FETCH_PAUSE_MS);
  }

  #draw() {
    drawWaves(this.#canvas, this.view, this.#peaks, this.#session.state.strips);
  }

  async #fetch() {
    this.#asked.abort();
    this.#asked = new AbortController();
    const { startS, endS } = this.view;
    const points = Math.round(this.#canvas.clientWidth * (window.devicePixelRatio || 1));
    try {
      this.#peaks = await fetchPeaks(this.#entry, { startS, endS, points }, this.#asked.signal);
      this.body.dataset.peaks = "there";
      this.#draw();
    } catch (error) {
      // the time line works without them; the next zoom or reconnect asks again
      if (!this.#asked.signal.aborted) console.warn(`telharmonic: ${error}`);
    }
  }

  #showLoop() {
    const { on, start_s, end_s } = this.#session.state.transport.loop;
    this.#region.hidden = !(end_s > start_s);
    this.#region.classList.toggle("off", !on);
    const [from, to] = [start_s, end_s].map((each) => Math.min(1, Math.max(0, this.view.toShare(each))));
    this.#region.style.left = `${from * 100}%`;
    this.#region.style.width = `${(to - from) * 100}%`;
  }

  #tick() {
    const { position, state } = this.#session;
    if (state.transport.playing && !this.#dragging && this.view.follow(position)) this.#changed();
    const share = this.view.toShare(position);
    const at = share < 0 || share > 1 ? "" : `translateX(${(share * this.#widthPx).toFixed(1)}px)`;
    if (at !== this.#headAt) {
      this.#headAt = at;
      this.#head.hidden = at === "";
      this.#head.style.transform = at;
    }
    if (Math.abs(position - this.#said) > 0.1) {
      this.#said = position;
      this.body.setAttribute("aria-valuenow", Math.min(position, this.view.durationS).toFixed(2));
      this.body.setAttribute("aria-valuetext", `${clockText(position)} of ${clockText(this.view.durationS)}`);
    }
  }

  #dragging = false;
  /** @type {() => boolean} */
  #pinched = () => false;

  #listen() {
    const { body } = this;
    this.#pinched = followPinch(body, (factor, middlePx, movedPx) => {
      this.view.zoom(factor, this.#timeAt(middlePx - movedPx));
      this.view.scroll((-movedPx / this.#widthPx) * this.view.spanS);
      this.#changed();
    });
    body.addEventListener("pointerdown", (event) => this.#press(event));
    body.addEventListener("keydown", (event) => this.#key(event));
    body.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
  }

  /** @param {number} clientX */
  #timeAt(clientX) {
    const place = this.body.getBoundingClientRect();
    return this.view.toTime((clientX - place.left) / place.width);
  }

  /** @param {PointerEvent} down */
  #press(down) {
    if (down.button !== 0) return;
    const from = this.#timeAt(down.clientX);
    const loops = down.shiftKey || down.clientY - this.body.getBoundingClientRect().top < RULER_PX;
    this.body.setPointerCapture(down.pointerId);
    const move = (/** @type {PointerEvent} */ event) => {
      if (Math.abs(event.clientX - down.clientX) >= DRAG_PX) this.#dragging = true;
      if (!this.#dragging || event.pointerId !== down.pointerId || this.#pinched()) return;
      if (loops) this.#drawLoop(from, this.#timeAt(event.clientX));
    };
    const end = (/** @type {PointerEvent} */ event) => {
      if (event.pointerId !== down.pointerId) return;
      for (const [name, listener] of /** @type {const} */ ([["pointermove", move], ["pointerup", end], ["pointercancel", end]])) {
        this.body.removeEventListener(name, listener);
      }
      const to = this.#timeAt(event.clientX);
      if (event.type === "pointerup" && !this.#pinched()) {
        if (loops && this.#dragging) this.#send({ type: "loop", on: true, ...ordered(from, to) });
        else if (loops || this.overlay.hidden) this.#send({ type: "seek", position_s: to }); // where a lane is drawn, a press is for its points
      }
      this.#dragging = false;
      this.#showLoop();
    };
    this.body.addEventListener("pointermove", move);
    this.body.addEventListener("pointerup", end);
    this.body.addEventListener("pointercancel", end);
  }

  /** @param {number} from @param {number} to */
  #drawLoop(from, to) {
    const { start_s, end_s } = ordered(from, to);
    this.#region.hidden = false;
    this.#region.style.left = `${this.view.toShare(start_s) * 100}%`;
    this.#region.style.width = `${((end_s - start_s) / this.view.spanS) * 100}%`;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const steps = /** @type {Record<string, number>} */ ({
      ArrowRight: STEP_S, ArrowUp: STEP_S, ArrowLeft: -STEP_S, ArrowDown: -STEP_S, PageUp: PAGE_S, PageDown: -PAGE_S,
      Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY,
    });
    if (event.key === "+" || event.key === "-") {
      this.view.zoom(event.key === "+" ? ZOOM_STEP : 1 / ZOOM_STEP, this.#session.position);
      this.#changed();
    } else if (event.key in steps) {
      const step = steps[event.key] * (event.shiftKey ? 0.1 : 1);
      const to = Math.min(this.view.durationS, Math.max(0, this.#session.position + step));
      this.#send({ type: "seek", position_s: Math.round(to * 1000) / 1000 });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const { view } = this;
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
      view.scroll(((event.deltaX || event.deltaY) / this.body.clientWidth) * view.spanS);
    } else view.zoom(Math.exp(-event.deltaY / 300), this.#timeAt(event.clientX));
    this.#changed();
  }
}

/** @param {number} from @param {number} to */
function ordered(from, to) {
  const [start, end] = [Math.min(from, to), Math.max(from, to)];
  return { start_s: Math.round(start * 1000) / 1000, end_s: Math.round(Math.max(end, start + 0.05) * 1000) / 1000 };
}
