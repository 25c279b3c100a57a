// @ts-check
/** The Worker: wires `line.js` to the browser. Sound and heartbeats run here, out of the way of the page. */
import { Line } from "./line.js";
import { StreamFetch } from "./stream-fetch.js";

/** @typedef {import("./types.js").ToLine} ToLine */

/** @type {{postMessage: (message: unknown) => void, close: () => void, onrtctransform: unknown}} */
const scope = /** @type {any} */ (self);

/** @type {Line | null} */
let line = null;

self.onmessage = (/** @type {MessageEvent<ToLine>} */ { data }) => {
  if (data.kind === "open") {
    line = new Line(data.options, {
      post: (message) => scope.postMessage(message),
      nowMs: () => performance.timeOrigin + performance.now(),
      open: (url, protocol) => new WebSocket(url, protocol),
      stream: (url, take) => new StreamFetch(url, take),
      later: (callback, ms) => setTimeout(callback, ms),
    });
  } else {
    line?.receive(data);
    if (data.kind === "close") scope.close();
  }
};

// A WebRTC track's encoded frames, where the browser hands them to scripts
scope.onrtctransform = (/** @type {any} */ { transformer }) => line?.transformed(transformer.readable);
