// @ts-check
/** A line in a world that the tests make: its clock, its sockets, and what it posted to the page. */
import { Line } from "../line.js";
import { Ring } from "../ring.js";
import { Socket } from "./simulated-socket.js";

/** @type {{nowMs: number, timers: {atMs: number, run: () => void}[], sockets: Socket[], posted: any[], line: Line}} */
export let world;

/** Let time pass. @param {number} ms */
export function pass(ms) {
  const untilMs = world.nowMs + ms;
  for (;;) {
    world.timers.sort((a, b) => a.atMs - b.atMs);
    if (!(world.timers[0]?.atMs <= untilMs)) break;
    const timer = /** @type {{atMs: number, run: () => void}} */ (world.timers.shift());
    world.nowMs = timer.atMs;
    timer.run();
  }
  world.nowMs = untilMs;
}

export const WELCOME = {
  type: "welcome", protocol: "telharmonic.v1", session: "s", name: "Demo", role: "performer", member: "m1", epoch: 7, seq: 3,
  sample_rate_hz: 48000, latency_frames: 72, audio: null, state: {},
};
export const socket = () => /** @type {Socket} */ (world.sockets.at(-1));
export const sentOf = (/** @type {string} */ type) => socket().sent.filter((message) => message.type === type);
export const postedOf = (/** @type {string} */ kind) => world.posted.filter((message) => message.kind === kind);
export const linkStates = () => postedOf("link").map(({ link }) => link.state);
export const command = (/** @type {number} */ id, /** @type {any} */ message) =>
  world.line.receive({ kind: "command", id, message, atMs: world.nowMs });
export const memory = () => /** @type {SharedArrayBuffer} */ (Ring.allocate(true));

/** @param {object} [options] */
export function begin(options = {}) {
  world = { nowMs: 0, timers: [], sockets: [], posted: [], line: /** @type {any} */ (null) };
  const common = { url: "ws://x/ws", streamUrl: "", token: "t", name: "n", metersHz: 25 };
  const ways = { wanted: "auto", pcm: "websocket", playing: "transform", opus: { frame_ms: 5 } };
  const audio = { encoding: "f32", frames: 240, channels: 2 };
  world.line = new Line(/** @type {any} */ ({ ...common, ...ways, audio, memory: memory(), ...options }), {
    post: (message) => world.posted.push(message),
    nowMs: () => world.nowMs,
    open: () => {
      world.sockets.push(new Socket());
      return /** @type {any} */ (socket());
    },
    stream: () => ({ close: () => {} }),
    later: (run, ms) => world.timers.push({ atMs: world.nowMs + ms, run }),
  });
}

export function opened(welcome = {}) {
  socket().open();
  socket().say({ ...WELCOME, ...welcome });
}
