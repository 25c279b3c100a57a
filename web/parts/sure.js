// @ts-check
/** A button that asks before it does: its face turns into the question for 4 s, and a second press is the yes. */

const ASKS_MS = 4000;

/** @param {HTMLButtonElement} button whose face and name are those at rest */
export function makeSure(button) {
  const face = button.textContent;
  const name = button.getAttribute("aria-label");
  let asked = "";
  let waiting = 0;
  const show = (/** @type {string | null} */ text, /** @type {string | null} */ label) => {
    button.textContent = text;
    if (label !== null) button.setAttribute("aria-label", label);
  };
  const rest = () => {
    clearTimeout(waiting);
    asked = "";
    show(face, name);
    button.classList.remove("asks");
  };
  /**
   * @param {string} question
   * @param {string} [label] the question in full, where the button has a name of its own
   * @returns {boolean} whether this press was the answer to that question
   */
  const press = (question, label = question) => {
    const yes = asked === label;
    rest();
    if (yes) return true;
    asked = label;
    show(question, name === null ? null : label);
    button.classList.add("asks");
    waiting = window.setTimeout(rest, ASKS_MS);
    return false;
  };
  return { press, rest };
}
