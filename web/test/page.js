// @ts-check
/**
 * A page outside a browser, for the components' own tests: happy-dom's elements, canvases that write down what is
 * drawn, frames that pass when the test says so, and a session that keeps what it is told. Import it first.
 */
import { readFileSync } from "node:fs";
import { Window } from "happy-dom";
import { Emitter } from "../../client/emitter.js";
import { byName } from "../parts/columns.js";
import { Wiring } from "../parts/wiring.js";

const window = /** @type {any} */ (new Window({ url: "http://localhost/", width: 1280, height: 720 }));
const TAKEN = [
  "window", "document", "location", "history", "localStorage", "navigator", "Node", "Element", "HTMLElement", "Text", "Event", "CustomEvent",
  "MouseEvent", "PointerEvent", "KeyboardEvent", "WheelEvent", "InputEvent", "File", "DataTransfer", "getComputedStyle", "matchMedia", "CSS", "customElements",
];
const all = /** @type {any} */ (globalThis);
for (const name of TAKEN) Object.defineProperty(globalThis, name, { value: name === "window" ? window : window[name], configurable: true, writable: true });
for (const name of ["getComputedStyle", "matchMedia"]) all[name] = window[name].bind(window);
all.innerWidth = 1280;
all.devicePixelRatio = window.devicePixelRatio = 1;

/** @type {Map<number, (nowMs: number) => void>} */
let waiting = new Map();
let asked = 0;
let nowMs = 1000;
performance.now = () => nowMs; // only frames let time pass
all.requestAnimationFrame = (/** @type {(nowMs: number) => void} */ callback) => {
  waiting.set(++asked, callback);
  return asked;
};
all.cancelAnimationFrame = (/** @type {number} */ id) => waiting.delete(id);

const setTimer = setTimeout; // one that waits for a minute does not keep the tests waiting
all.setTimeout = (/** @type {() => void} */ callback, ms = 0) => (ms > 1000 ? setTimer(callback, ms).unref() : setTimer(callback, ms));

/** Let frames pass. @param {number} [count] @param {number} [periodMs] */
export function frames(count = 1, periodMs = 1000 / 60) {
  for (let n = 0; n < count; n++) {
    const now = waiting;
    waiting = new Map();
    nowMs += periodMs;
    for (const callback of now.values()) callback(nowMs);
  }
}

/** Sizes are known and everything is seen as soon as somebody watches. */
all.ResizeObserver = class {
  /** @param {() => void} tell */
  constructor(tell) {
    this.observe = tell;
  }
};
/** @type {Map<Element, (entries: {target: Element, isIntersecting: boolean}[]) => void>} */
const watched = new Map();
all.IntersectionObserver = class {
  /** @param {(entries: {target: Element, isIntersecting: boolean}[]) => void} tell */
  constructor(tell) {
    this.observe = (/** @type {Element} */ target) => {
      watched.set(target, tell);
      tell([{ target, isIntersecting: true }]);
    };
  }
};
/** An element comes upon the screen, or leaves it. @param {Element} target @param {boolean} isIntersecting */
export const seen = (target, isIntersecting) => watched.get(target)?.([{ target, isIntersecting }]);

export const SIZE = { width: 200, height: 100 };
const html = window.HTMLElement.prototype;
for (const [name, size] of Object.entries({ clientWidth: 200, clientHeight: 100 })) Object.defineProperty(html, name, { get: () => size, configurable: true });
window.Element.prototype.getBoundingClientRect = () => ({ left: 0, top: 0, right: 200, bottom: 100, x: 0, y: 0, ...SIZE });
html.scrollIntoView = () => {};
html.setPointerCapture = function capture(/** @type {number} */ id) {
  this.captured = id;
};
html.hasPointerCapture = function has(/** @type {number} */ id) {
  return this.captured === id;
};
const matches = html.matches;
html.matches = function match(/** @type {string} */ selector) {
  return selector === ":popover-open" ? this.isOpen === true : matches.call(this, selector);
};
html.showPopover = /** @this {any} */ function show() {
  this.dispatchEvent(Object.assign(new Event("beforetoggle"), { newState: "open" }));
  this.isOpen = true;
};

/** What was drawn on canvases: calls in order, as `fillRect 0 0 4 10`. */
class Drawn {
  /** @type {string[]} */
  calls = [];
  canvas = SIZE;
}
const LISTED = ["fillRect", "clearRect", "fillText", "stroke", "fill"];
all.Path2D = class {
  /** @type {[number, number][]} */
  points = [];
  constructor(/** @type {any} */ other) {
    this.points = [...(other?.points ?? [])];
  }
  lineTo(/** @type {number} */ x, /** @type {number} */ y) {
    this.points.push([x, y]);
  }
};
window.HTMLCanvasElement.prototype.getContext = function context() {
  this.drawn ??= new Proxy(new Drawn(), {
    get: (target, name) => {
      if (name in target) return /** @type {any} */ (target)[name];
      if (name === "measureText") return () => ({ width: 30 });
      if (name === "createLinearGradient") return () => ({ addColorStop: () => {} });
      return (/** @type {any[]} */ ...given) => {
        const words = given.map((each) => (typeof each === "number" ? Number(each.toFixed(2)) : each?.points ? "path" : String(each)));
        if (LISTED.includes(String(name))) target.calls.push([name, ...words].join(" "));
      };
    },
  });
  return this.drawn;
};

/** What was drawn on a canvas since it was asked the last time. @param {Element} canvas @returns {string[]} */
export function drawn(canvas) {
  const { calls } = /** @type {any} */ (canvas).getContext();
  return calls.splice(0);
}

/** A browser's storage. */
export class Memory {
  /** @type {Map<string, string>} */
  kept = new Map();
  getItem = (/** @type {string} */ key) => this.kept.get(key) ?? null;
  setItem = (/** @type {string} */ key, /** @type {string} */ value) => void this.kept.set(key, value);
}

/** What the server says to `GET /api/parameters`. @type {Record<string, import("../parts/law.js").Row[]>} */
export const PARAMETERS = JSON.parse(readFileSync(new URL("parameters.json", import.meta.url), "utf8"));
export const TABLE = byName(PARAMETERS);

/** A session that does what it is told, and keeps the commands in `sent`. @extends {Emitter<Record<string, any>>} */
export class FakeSession extends Emitter {
  role = "performer";
  member = "m1";
  sessionName = "Test";
  sessionId = "s1";
  sampleRateHz = 48000;
  safety = 0.25;
  audible = true;
  position = 0;
  /** @type {any[]} */
  sent = [];
  /** @type {any} */
  figures = { link: "open", transport: "websocket", delayMs: 21, roundTripMs: 4, fillMs: 10, outputMs: 9, delaySplit: { networkMs: 2, heldMs: 10, outputMs: 9 }, audible: true, underruns: 0, trims: 0, droppedBlocks: 0 };
  /** @type {any} */
  state = {
    values: {}, scenes: [], members: [], impulses: [], groups: [], auxes: [], duration_s: 60, lanes: {}, armed: [],
    strips: [{ id: "1", name: "Low", colour: "", stereo: false }],
    transport: { playing: false, position_s: 0, frame: 0, tempo: 120, loop: { on: false, start_s: 0, end_s: 0 } },
  };

  stats() {
    return { arrivalP95Ms: 2, messages: 200, clockOffsetMs: Number.NaN, jitterMs: 0, rtcRoundTripMs: 0, targetMs: 12, speedPpm: 0, streamRateHz: 48000, contextRateHz: 48000, shared: true, why: "", control: "websocket", packets: 0, ...this.figures };
  }

  /** @param {any} command */
  async sendCommand(command) {
    this.sent.push(command);
    if (command.type === "set_many") for (const [address, value] of Object.entries(command.values)) this.state.values[address] = value;
    return { type: "ack", frame: 0 };
  }

  /** @param {string} address @param {any} value @param {object} [when] */
  async set(address, value, when) {
    this.state.values[address] = value;
    this.sent.push({ type: "set", address, value, ...when });
  }

  /** Somebody else turns something. @param {string} address @param {any} value @param {number} [ramp_s] */
  turned(address, value, ramp_s = 0) {
    this.state.values[address] = value;
    this.emit("change", { type: "change", seq: 1, member: "m2", address, value, ramp_s, frame: 0 });
  }

  /** @param {string} event @param {any} [news] */
  tell(event, news) {
    this.emit(event, news);
  }
}

/**
 * A strip's part and the session it belongs to.
 * @param {Record<string, any>} [values] by parameter
 * @param {string} [kind] of the table
 */
export function makePart(values = {}, kind = "strip") {
  const session = /** @type {any} */ (new FakeSession());
  const owner = kind === "master" ? "master" : `${kind === "strip" || kind === "group" ? kind : "aux"}/1`;
  for (const row of Object.values(TABLE[kind])) session.state.values[`${owner}/${row.name}`] = values[row.name] ?? row.default;
  /** @type {string[]} */
  const told = [];
  const wiring = new Wiring(session, (text) => told.push(text));
  const part = wiring.part(owner, "Low", TABLE[kind]);
  return { session: /** @type {FakeSession} */ (session), wiring, part, told, owner };
}

/** An element of a class, which is known to be there. @param {ParentNode} body @param {string} selector @returns {any} */
export function find(body, selector) {
  const found = body.querySelector(selector);
  if (!found) throw new Error(`there is no ${selector}`);
  return found;
}

/** A key is pressed on an element. @param {Element} body @param {string} key @param {object} [more] */
export const press = (body, key, more = {}) => body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));

/** @param {Element} body @param {string} type @param {object} more */
export const point = (body, type, more) => body.dispatchEvent(Object.assign(new PointerEvent(type, { bubbles: true, cancelable: true }), { button: 0, pointerId: 1, ...more }));

/** Until all that was promised has come. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
