// @ts-check
/**
 * The audio ping of a player, as CloudOrch measured it: the OSC relay is asked for a burst (`/ping/freq`), the player,
 * ours or a program of its own, makes it, and the worklet finds it in what it plays.
 */
import { post } from "./front-door.js";
import { orAbort } from "./latency.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./types.js").OnsetHeard} OnsetHeard */
/** @typedef {import("./latency.js").Measured} Measured */
/** @typedef {(queue: (string | number)[][]) => Promise<unknown>} Relay has a queue sent; rejects with the relay's reason */

const GAP_MS = 90; // a burst of 20 ms, 30 ms in which it is forgotten, and reserve
const SPREAD_MS = 60; // more, at random, so that pings fall anywhere between two blocks
const HEAR_MS = 3000;
const CALIBRATIONS = 5;

/**
 * The relay by HTTP.
 * @param {{session: string, token: string}} entry
 * @returns {Relay}
 */
export function relayByHttp({ session, token }) {
  return (queue) => post(`/osc?session=${encodeURIComponent(session)}`, { queue }, token);
}

/**
 * The relay by the session's own line: WebSocket, or the data channel where there is one.
 * @param {Session} session
 * @returns {Relay}
 */
export function relayByLine(session) {
  return (queue) => session.sendCommand({ type: "osc", queue });
}

/**
 * One ping put together from its stamps, ms; the relay is taken to have sent half way between asking and answer.
 * @param {object} stamps
 * @param {number} stamps.sentMs when the relay was asked
 * @param {number} stamps.answeredMs when it had answered
 * @param {OnsetHeard} stamps.onset
 * @param {number} stamps.readyMs when the message that holds the burst had been rendered
 */
export function pingStages({ sentMs, answeredMs, onset, readyMs }) {
  const relayedMs = (sentMs + answeredMs) / 2;
  return {
    totalMs: onset.atMs - sentMs,
    split: {
      control: relayedMs - sentMs,
      wait: readyMs - relayedMs,
      network: onset.arrivalMs - readyMs,
      ring: onset.atMs - onset.arrivalMs,
      output: onset.outputMs,
    },
  };
}

/**
 * `count` pings of one player, in a session that is silent but for them (the tail of a reverb does no harm).
 * @param {Session} session which is listened to
 * @param {object} options
 * @param {Relay} options.relay
 * @param {string} options.host what the relay's rules call the player
 * @param {string} [options.address] of its ping
 * @param {number} [options.freqHz] pitch of the burst, where the player can choose it
 * @param {number} [options.count]
 * @param {(done: number) => void} [options.progress]
 * @param {AbortSignal} [options.signal] ends it before
 * @returns {Promise<Measured>} without the pings that were not heard
 * @throws {Error} with the relay's reason, if the session's own ping is not heard, or with the signal's reason
 */
export async function measurePlayer(session, { relay, host, address = "/ping/freq", freqHz = 1000, count = 30, progress = () => {}, signal }) {
  const before = session.stats().underruns;
  const beginMs = await calibrate(session, signal);
  const queue = [[host, address, "f", freqHz]];
  /** @type {ReturnType<typeof pingStages>[]} */
  const results = [];
  for (let done = 1; done <= count; done++) {
    await settle(session, signal);
    const { heard, giveUp } = nextOnset(session);
    try {
      const sentMs = nowMs();
      await orAbort(relay(queue), signal);
      const answeredMs = nowMs();
      const onset = await orAbort(heard, signal);
      if (onset) {
        const readyMs = beginMs + (onset.firstFrame / session.sampleRateHz) * 1000;
        results.push(pingStages({ sentMs, answeredMs, onset, readyMs }));
      }
    } finally {
      giveUp();
    }
    progress(done);
  }
  const underruns = session.stats().underruns - before;
  return { kind: "sound", samplesMs: results.map(({ totalMs }) => totalMs), splitMs: meanSplit(results), underruns };
}

/**
 * When frame 0 of the stream would have been ready, our clock: pings of the session's own say when they were rendered,
 * and the clock's grid never shifts. The earliest counts, since a block is late now and then and never early.
 * @param {Session} session
 * @param {AbortSignal} [signal]
 */
async function calibrate(session, signal) {
  let beginMs = Number.POSITIVE_INFINITY;
  for (let done = 0; done < CALIBRATIONS; done++) {
    await settle(session, signal);
    const { heard } = nextOnset(session);
    const [result, onset] = await orAbort(Promise.all([session.ping(HEAR_MS), heard]), signal);
    if (!result || !onset) continue;
    const readyMs = onset.arrivalMs - result.split.network;
    beginMs = Math.min(beginMs, readyMs - (onset.firstFrame / session.sampleRateHz) * 1000);
  }
  if (!Number.isFinite(beginMs)) throw new Error("the session's own ping was not heard: pause it, and open its master");
  return beginMs;
}

/** Let the last burst go, and listen for the next. @param {Session} session @param {AbortSignal} [signal] */
async function settle(session, signal) {
  await orAbort(new Promise((resolve) => setTimeout(resolve, GAP_MS + Math.random() * SPREAD_MS)), signal);
  await orAbort(session.armPing(), signal);
}

/**
 * @param {Session} session
 * @returns {{heard: Promise<OnsetHeard | null>, giveUp: () => void}} null if nothing was heard in time
 */
function nextOnset(session) {
  let giveUp = () => {};
  /** @type {Promise<OnsetHeard | null>} */
  const heard = new Promise((resolve) => {
    const off = session.on("onset", (onset) => finish(onset));
    const timer = setTimeout(() => finish(null), HEAR_MS);
    const finish = (/** @type {OnsetHeard | null} */ onset) => {
      off();
      clearTimeout(timer);
      resolve(onset);
    };
    giveUp = () => finish(null);
  });
  return { heard, giveUp };
}

/** @param {{split: Record<string, number>}[]} results @returns {Record<string, number>} */
function meanSplit(results) {
  const stages = Object.keys(results[0]?.split ?? {});
  const mean = (/** @type {string} */ stage) => results.reduce((sum, { split }) => sum + split[stage], 0) / results.length;
  return Object.fromEntries(stages.map((stage) => [stage, mean(stage)]));
}

function nowMs() {
  return performance.timeOrigin + performance.now();
}
