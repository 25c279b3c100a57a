// @ts-check
/** The server's HTTP side: making a session, and the link by which others join it. */
import { CommandError } from "./errors.js";

const START_RETRY_MS = 1000;

/**
 * @typedef {object} Entry where a session is and what opens it
 * @property {string} session
 * @property {string} token
 * @property {string} ws
 */

/** @typedef {import("./protocol.js").SessionCreated} Created */

/**
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 * @throws {CommandError} with the server's reason
 */
export async function api(path, init = {}) {
  const response = await fetch(path, init);
  const body = response.status === 204 ? null : await response.json().catch(() => null);
  if (response.ok) return body;
  const error = body?.error ?? { code: `http-${response.status}`, message: `the server answered ${response.status}` };
  throw new CommandError(error);
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {string} [token] of a member, where one is needed
 */
export function post(path, body, token) {
  return api(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  });
}

/**
 * Ask again for as long as the server says that it is starting.
 * @template Answer
 * @param {() => Promise<Answer>} ask
 * @param {() => void} [waiting] called each time it has to wait
 * @returns {Promise<Answer>}
 */
export async function whenStarted(ask, waiting = () => {}) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof CommandError && error.code === "node")) throw error;
      waiting();
      await new Promise((resolve) => setTimeout(resolve, START_RETRY_MS));
    }
  }
}

/**
 * Make a session: by the name of one that the server has (the first, if none is given), or from a description.
 * @param {string | import("./protocol.js").SessionSpec} [wanted]
 * @returns {Promise<Created>}
 */
export async function createSession(wanted) {
  if (typeof wanted === "object") return post("/api/sessions", { description: wanted });
  const name = wanted ?? (await api("/api/sessions")).available[0];
  return post("/api/sessions", { session: name });
}

/**
 * What a link to a session carries after its `#`, where no server sees it.
 * @param {string} hash
 * @returns {Entry | null}
 */
export function readFragment(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const [session, token, ws] = [fields.get("session"), fields.get("token"), fields.get("ws")];
  return session && token && ws ? { session, token, ws } : null;
}

/**
 * @param {Created} created
 * @param {"performer" | "controller" | "listener"} [role]
 * @returns {string} with its `#`
 */
export function writeFragment(created, role = "performer") {
  return `#session=${created.id}&token=${created.tokens[role]}&ws=${created.links.ws}`;
}

/**
 * Whether a session is still there.
 * @param {Entry} entry
 */
export async function isThere({ session, token }) {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`/api/sessions/${encodeURIComponent(session)}`, { headers }).catch(() => null);
  return response === null || response.ok || response.status >= 500 || response.status === 429;
}
