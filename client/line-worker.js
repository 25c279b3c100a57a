// @ts-check
/** The Worker: wires `line.js` to the browser. Sound and heartbeats run here, out of the way of the page. */
import { Line } from "./line.js";
import { StreamFetch } from "./stream-fetch.js";

/** @typedef {import("./types.js").ToLine} ToLine */

/** @type {{postMessage: (message: unknown) => void, close: () => void, onrtctransform: unknown}} */
const scope = /** @type {any} */ (self);

/** @type {Line | null} */
let line = null;

/**
 * Let the browser clear away at once, while nothing is heard yet.
 *
 * Each audio message is an object outside the script's own heap. V8 looks for dead ones when 64 MB have gathered, or
 * about 40 s after the Worker began; some 16000 of them then took 5 to 10 ms, in the midst of the sound. After a first
 * time that leaves little it looks again at every 8 MB, for 1 ms. Memory that nobody touches is only asked for.
 */
function clearAway() {
  const bytes = 2 ** 26;
  try {
    new ArrayBuffer(bytes);
  } catch {
    // a small device has not so much: then it looks sooner by itself
  }
}

self.onmessage = (/** @type {MessageEvent<ToLine>} */ { data }) => {
  if (data.kind === "open") {
    clearAway();
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
