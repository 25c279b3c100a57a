// @ts-check
/** How often the latency page measures: a field that is refused in words. */

const [LEAST, MOST] = [5, 500];

/** @param {string} text @returns {number | null} null for what is no whole number in the range */
export function readPings(text) {
  const count = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  return count >= LEAST && count <= MOST ? count : null;
}

/**
 * The number in the field; if it is wrong, the field is marked, has the focus, and the sentence is said.
 * @param {HTMLInputElement} field
 * @param {(text: string) => void} say
 */
export function takePings(field, say) {
  const count = readPings(field.value);
  field.removeAttribute("aria-invalid");
  if (count !== null) return count;
  field.setAttribute("aria-invalid", "true");
  field.focus();
  say(`Pings must be a whole number from ${LEAST} to ${MOST}.`);
  return null;
}
