// @ts-check
/** The latency tests: control round trip, and control to sound with its stages. */
import { post } from "./front-door.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./types.js").PingResult} PingResult */
/** @typedef {{kind: "control" | "sound", samplesMs: number[], splitMs: Record<string, number>, underruns: number}} Measured */

const GAP_MS = 90; // a burst of 20 ms, 30 ms of silence before the next can be told from it, and reserve
const SPREAD_MS = 60; // more, at random, so that pings fall anywhere between two blocks

/**
 * Control round trip: `count` echoes.
 * @param {Session} session
 * @param {number} count
 * @param {(done: number) => void} [progress]
 * @returns {Promise<Measured>}
 */
export async function measureControl(session, count, progress = () => {}) {
  const samplesMs = [];
  for (let done = 1; done <= count; done++) {
    samplesMs.push(await session.echo());
    progress(done);
    await pause(15);
  }
  return { kind: "control", samplesMs, splitMs: {}, underruns: 0 };
}

/**
 * Control to sound: `count` pings, in a session that is silent but for them (the tail of a reverb does no harm).
 * @param {Session} session which is listened to
 * @param {number} count
 * @param {(done: number, result: PingResult | null) => void} [progress]
 * @param {string} [strip] through which they sound; the session's own without it
 * @param {AbortSignal} [signal] ends it before
 * @returns {Promise<Measured>}
 * @throws {Error} `deaf` if nothing is listened to; the signal's reason
 */
export async function measureSound(session, count, progress = () => {}, strip = undefined, signal = undefined) {
  /** @type {PingResult[]} */
  const results = [];
  const before = session.stats().underruns;
  for (let done = 1; done <= count; done++) {
    await orAbort(session.armPing(), signal);
    await orAbort(pause(GAP_MS + Math.random() * SPREAD_MS), signal);
    const result = await orAbort(session.ping(undefined, strip), signal);
    if (result) results.push(result);
    progress(done, result);
  }
  const stages = Object.keys(results[0]?.split ?? {});
  const splitMs = Object.fromEntries(stages.map((stage) => [stage, mean(results.map((one) => stageOf(one, stage)))]));
  const underruns = session.stats().underruns - before;
  return { kind: "sound", samplesMs: results.map((one) => one.totalMs), splitMs, underruns };
}

/**
 * Keep a result on the server.
 * @param {Session} session
 * @param {Measured} measured
 * @param {{client?: string, transport?: string}} [what] measured, and the way; the browser and the line without it
 */
export function submit(session, { kind, samplesMs, splitMs, underruns }, what = {}) {
  const { client = browserName(navigator.userAgent), transport = session.stats().transport } = what;
  /** @type {import("./protocol.js").LatencyResult} */
  const result = {
    kind, client, transport, session: session.sessionName,
    samples_ms: samplesMs, split_ms: splitMs, underruns,
  };
  return post("/api/latency", result);
}

/**
 * A short name for the browser that measured.
 * @param {string} userAgent
 */
export function browserName(userAgent) {
  const found = /(Firefox|Edg|OPR|Chrome|Version)\/(\d+)/.exec(userAgent);
  const names = /** @type {Record<string, string>} */ ({ Edg: "Edge", OPR: "Opera", Version: "Safari" });
  return found ? `${names[found[1]] ?? found[1]} ${found[2]}` : "browser";
}

/**
 * The value that a share of the samples does not exceed (nearest rank).
 * @param {number[]} samples
 * @param {number} share 0 to 1
 */
export function percentile(samples, share) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * An answer, unless the signal comes first.
 * @template T
 * @param {Promise<T>} answer
 * @param {AbortSignal} [signal]
 * @returns {Promise<T>} rejects with the signal's reason
 */
export function orAbort(answer, signal) {
  if (!signal) return answer;
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    signal.addEventListener("abort", leave, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
    if (signal.aborted) leave();
  });
}

/** @param {PingResult} result @param {string} stage */
function stageOf(result, stage) {
  return /** @type {Record<string, number>} */ (result.split)[stage];
}

/** @param {number[]} values */
function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
