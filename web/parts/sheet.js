// @ts-check
/**
 * A panel on a telephone covers the page. Then it is a dialog: what lies behind cannot be reached, Escape ends it, and
 * the focus comes in and goes back. Where the page is wide it stands in its column and is nothing of that.
 */

const NARROW = "(max-width: 760px)"; // as style/sheet.css
const STAYS = "dialog, [popover], [role=alert], .master-bar, script";

/**
 * @param {HTMLElement} panel with a sheet's head
 * @param {HTMLElement} opener gets the focus back
 * @param {() => void} fold called when it is to go
 * @returns {(open: boolean) => void} to be called when it was folded or unfolded
 */
export function makeSheet(panel, opener, fold) {
  const narrow = matchMedia(NARROW);
  /** @type {HTMLElement[]} */
  let behind = [];
  const uncover = () => {
    for (const each of behind) each.inert = false;
    behind = [];
    document.body.classList.remove("covered");
    document.removeEventListener("keydown", leave);
    for (const name of ["role", "aria-label"]) panel.removeAttribute(name);
  };
  const cover = () => {
    behind = around(panel);
    for (const each of behind) each.inert = true;
    document.body.classList.add("covered");
    document.addEventListener("keydown", leave);
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", `${panel.querySelector(".sheet-name")?.textContent ?? ""} settings`.trim());
    panel.querySelector("button")?.focus();
  };
  /** @param {KeyboardEvent} event */
  const leave = (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    fold();
  };
  narrow.addEventListener("change", () => {
    if (narrow.matches && !panel.hidden) fold(); // none covers the page unasked
    else if (behind.length > 0) uncover();
  });
  return (open) => {
    if (open && narrow.matches && behind.length === 0) cover();
    else if (!open && behind.length > 0) {
      uncover();
      opener.focus();
    }
  };
}

/** Everything on the page that is neither in it nor around it. @param {HTMLElement} panel */
function around(panel) {
  /** @type {HTMLElement[]} */
  const found = [];
  for (let at = /** @type {HTMLElement} */ (panel); at.parentElement && at !== document.body; at = at.parentElement) {
    for (const each of at.parentElement.children) {
      if (each !== at && each instanceof HTMLElement && !each.inert && !each.matches(STAYS)) found.push(each);
    }
  }
  return found;
}
