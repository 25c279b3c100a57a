// @ts-check
/** The lane that is drawn over the waveforms: its points are dragged or moved by keys; a double click or Enter makes a new one. */
import { drawn, element } from "./dom.js";
import { besideNeighbours, curve, drawable, heightOf, rounded } from "./lane-curve.js";
import { laneValue } from "./lanes.js";
import { display, range, spoken, stepped, toValue } from "./law.js";

/** @typedef {import("./law.js").Row} Row */
/** @typedef {import("./lane-curve.js").Point} Point */

const HANDLES = 150; // more cannot be told apart: come closer to edit them
const STEP_S = 0.1;
const NEXT_S = 1; // a new point after the last
const SAME_S = 0.0005;

export class LaneEditor {
  /**
   * @param {import("./timeline.js").Timeline} timeline
   * @param {import("../../client/session.js").Session} session
   * @param {{rowOf: (address: string) => Row | null, nameOf: (address: string) => string}} words
   * @param {(command: import("../../client/types.js").Command) => void} send
   */
  constructor(timeline, session, { rowOf, nameOf }, send) {
    this.#timeline = timeline;
    this.#session = session;
    this.#rowOf = rowOf;
    this.#nameOf = nameOf;
    this.#send = send;
    this.#path = drawn("path");
    const svg = drawn("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }, this.#path);
    timeline.overlay.append(svg, this.#scale, this.#handles);
    timeline.onView.add(() => this.draw());
    timeline.body.addEventListener("dblclick", (event) => this.#add(event));
    timeline.body.addEventListener("keydown", (event) => isNew(event) && this.#addAt(event, session.position));
    for (const event of /** @type {const} */ (["lanes", "described", "state"])) session.on(event, () => this.#dragged || this.draw());
  }

  #timeline;
  #session;
  #rowOf;
  #nameOf;
  #send;
  #path;
  #handles = element("div", { class: "lane-points", role: "group", "aria-label": "Automation points" });
  #scale = element("div", { class: "lane-scale" });
  #dragged = false;
  #wantedS = -1; // when a point is that was made by keys, until the server has it: the focus goes there
  address = "";

  /** @param {string} address of the lane to show; empty for none */
  show(address) {
    this.address = address;
    this.draw();
  }

  /** @returns {Point[]} */
  get #points() {
    return this.#session.state.lanes?.[this.address] ?? [];
  }

  draw() {
    const row = this.#rowOf(this.address);
    const { view, overlay } = this.#timeline;
    overlay.hidden = !this.address || !drawable(row);
    if (overlay.hidden || !drawable(row)) return;
    const [width, height] = [overlay.clientWidth, overlay.clientHeight];
    const name = this.#nameOf(this.address);
    this.#showScale(row, name);
    this.#path.ownerSVGElement?.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const line = curve(row, this.#points, view.startS, view.endS);
    const place = (/** @type {[number, number]} */ [at, share]) => `${(view.toShare(at) * width).toFixed(1)} ${((1 - share) * height).toFixed(1)}`;
    this.#path.setAttribute("d", line.length ? `M${line.map(place).join("L")}` : "");
    const seen = this.#points.map((point, index) => ({ point, index }))
      .filter(({ point: [at] }) => at >= view.startS && at <= view.endS);
    this.#showHandles(row, name, seen.length > HANDLES ? [] : seen);
  }

  /** Its name, and what top and bottom are worth. @param {Row} row @param {string} name */
  #showScale(row, name) {
    const { minimum, maximum } = range(row);
    const [bottom, top] = row.law === "switch" ? ["off", "on"] : [display(row, minimum), display(row, maximum)];
    this.#scale.replaceChildren(...[top, name, bottom].map((text) => element("span", { text })));
    this.#handles.setAttribute("aria-label", `Automation points of ${name}`);
  }

  /** @param {Row} row @param {string} name @param {{point: Point, index: number}[]} seen */
  #showHandles(row, name, seen) {
    const focused = [...this.#handles.children].indexOf(/** @type {Element} */ (document.activeElement));
    this.#handles.replaceChildren(...seen.map(({ point, index }) => this.#makeHandle(row, name, point, index)));
    const wanted = seen.findIndex(({ point: [at] }) => Math.abs(at - this.#wantedS) < SAME_S);
    if (wanted >= 0) this.#wantedS = -1;
    const again = this.#handles.children[wanted >= 0 ? wanted : Math.min(focused, seen.length - 1)];
    if ((wanted >= 0 || focused >= 0) && again instanceof HTMLElement) again.focus({ preventScroll: true });
  }

  /** @param {Row} row @param {string} name of the lane @param {Point} point @param {number} index */
  #makeHandle(row, name, [at, value], index) {
    const handle = element("i", { class: "lane-point", role: "slider", tabindex: "0", ...ends(row) });
    /** @param {number} seconds @param {Point[1]} now */
    const place = (seconds, now) => {
      handle.style.left = `${this.#timeline.view.toShare(seconds) * 100}%`;
      handle.style.top = `${(1 - heightOf(row, now)) * 100}%`;
      handle.setAttribute("aria-label", `${name}, point ${index + 1}`);
      handle.setAttribute("aria-valuenow", String(Number(now)));
      const words = typeof now === "boolean" ? (now ? "on" : "off") : spoken(row, Number(now));
      handle.setAttribute("aria-valuetext", `${words} at ${seconds.toFixed(2)} seconds`);
    };
    place(at, value);
    handle.addEventListener("pointerdown", (event) => this.#drag(event, handle, row, index, place));
    handle.addEventListener("keydown", (event) => this.#key(event, row, index));
    return handle;
  }

  /**
   * @param {PointerEvent} down
   * @param {HTMLElement} handle
   * @param {Row} row
   * @param {number} index
   * @param {(seconds: number, value: Point[1]) => void} place
   */
  #drag(down, handle, row, index, place) {
    if (down.button !== 0) return;
    down.stopPropagation();
    this.#dragged = true;
    handle.setPointerCapture(down.pointerId);
    let [at, value] = this.#points[index];
    const move = (/** @type {PointerEvent} */ event) => {
      const area = this.#timeline.overlay.getBoundingClientRect();
      const seconds = this.#timeline.view.toTime((event.clientX - area.left) / area.width);
      at = besideNeighbours(this.#points, index, seconds, this.#timeline.view.durationS);
      const share = Math.min(1, Math.max(0, 1 - (event.clientY - area.top) / area.height));
      value = rounded(row, row.law === "switch" ? share : toValue(row, share));
      place(at, value);
    };
    const end = () => {
      handle.removeEventListener("pointermove", move);
      this.#dragged = false;
      this.#put(index, [at, value]);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", end, { once: true });
  }

  /** @param {KeyboardEvent} event @param {Row} row @param {number} index */
  #key(event, row, index) {
    const [at, value] = this.#points[index];
    const fine = event.shiftKey ? 0.1 : 1;
    const sideways = { ArrowLeft: -STEP_S, ArrowRight: STEP_S }[event.key];
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 6, PageDown: -6 }[event.key];
    if (sideways) this.#put(index, [besideNeighbours(this.#points, index, at + sideways * fine, this.#timeline.view.durationS), value]);
    else if (steps && row.law === "switch") this.#put(index, [at, steps > 0]);
    else if (steps) this.#put(index, [at, rounded(row, stepped(row, Number(value), steps * fine))]);
    else if (isNew(event)) return this.#addAt(event, nextTime(this.#points, index, this.#timeline.view.durationS));
    else if (event.key === "Delete" || event.key === "Backspace") this.#write([], at, at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} index @param {Point} point in its place */
  #put(index, point) {
    const [before] = this.#points[index];
    this.#write([point], Math.min(before, point[0]), Math.max(before, point[0]));
  }

  /** @param {MouseEvent} event */
  #add(event) {
    const row = this.#rowOf(this.address);
    if (!this.address || !drawable(row)) return;
    const area = this.#timeline.overlay.getBoundingClientRect();
    const at = Math.round(this.#timeline.view.toTime((event.clientX - area.left) / area.width) * 1000) / 1000;
    const share = Math.min(1, Math.max(0, 1 - (event.clientY - area.top) / area.height));
    this.#write([[at, rounded(row, row.law === "switch" ? share : toValue(row, share))]], at, at);
  }

  /** A point on the line as it is. @param {KeyboardEvent} event @param {number} seconds */
  #addAt(event, seconds) {
    const row = this.#rowOf(this.address);
    if (!this.address || !drawable(row)) return;
    event.preventDefault();
    event.stopPropagation();
    const at = Math.round(seconds * 1000) / 1000;
    const value = this.#points.length ? laneValue(row, this.#points, at) : this.#session.state.values[this.address];
    this.#wantedS = at;
    this.#write([[at, rounded(row, Number(value))]], at, at);
  }

  /** @param {Point[]} points @param {number} from_s @param {number} to_s */
  #write(points, from_s, to_s) {
    this.#send({ type: "automation_write", address: this.address, points, from_s, to_s });
  }
}

/** @param {KeyboardEvent} event */
const isNew = ({ key, ctrlKey, metaKey, altKey }) => (key === "Enter" || key === "Insert") && !ctrlKey && !metaKey && !altKey;

/** Halfway to the next point, or a second later. @param {Point[]} points @param {number} index @param {number} durationS */
function nextTime(points, index, durationS) {
  const [[at], next] = [points[index], points[index + 1]];
  return next ? (at + next[0]) / 2 : Math.min(durationS, at + NEXT_S);
}

/** @param {Row} row */
function ends(row) {
  const { minimum, maximum } = row.law === "switch" ? { minimum: 0, maximum: 1 } : range(row);
  return { "aria-valuemin": minimum, "aria-valuemax": maximum };
}
