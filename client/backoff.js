// @ts-check
/** When to try again: at once, then ever later, never all clients of one server at the same moment. */

const FIRST_MS = 100;
const LONGEST_MS = 3000;

/**
 * @param {number} attempt 0 for the first after the line was lost
 * @param {() => number} [random] 0 to 1
 * @returns {number} ms to wait
 */
export function backoffMs(attempt, random = Math.random) {
  if (attempt === 0) return 0;
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return full * (0.5 + 0.5 * random());
}
