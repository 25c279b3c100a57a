// @ts-check
/** On narrow screens the strips are turned over like pages; this says which ones are seen, and turns. */
import { element } from "./dom.js";

/** @param {HTMLElement} strips the row that scrolls */
export function makePager(strips) {
  const turn = (/** @type {number} */ pages) => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    strips.scrollBy({ left: pages * strips.clientWidth, behavior: calm ? "auto" : "smooth" });
  };
  const before = element("button", { type: "button", class: "button", text: "‹", "aria-label": "Strips before", click: () => turn(-1) });
  const after = element("button", { type: "button", class: "button", text: "›", "aria-label": "Strips after", click: () => turn(1) });
  const where = element("span", { class: "dim", "aria-live": "polite" });
  const nav = element("nav", { class: "pager", "aria-label": "Pages of strips" }, before, where, after);
  const show = () => {
    if (nav.clientHeight === 0) return; // on wide screens it is not shown
    const columns = /** @type {HTMLElement[]} */ ([...strips.children]);
    const left = strips.getBoundingClientRect().left;
    const seen = columns.map((column, n) => ({ n, place: column.getBoundingClientRect() }))
      .filter(({ place }) => place.left - left > -place.width / 2 && place.right - left < strips.clientWidth + place.width / 2);
    where.textContent = seen.length ? `${seen[0].n + 1} to ${seen[seen.length - 1].n + 1} of ${columns.length}` : "";
    before.disabled = strips.scrollLeft < 4;
    after.disabled = strips.scrollLeft > strips.scrollWidth - strips.clientWidth - 4;
  };
  strips.addEventListener("scroll", show, { passive: true });
  new ResizeObserver(show).observe(strips);
  return nav;
}
