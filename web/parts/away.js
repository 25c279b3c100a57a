// @ts-check
/**
 * Which columns are scrolled away. A browser makes a layer of its own of every canvas within some screens' width, and
 * sorts all layers anew when a row scrolls: of 64 strips that took 25 ms a frame. So what is away shows no canvas.
 */

const MARGIN_PX = 120; // one column more on either side, so that none comes in empty

/** @param {HTMLElement} row that scrolls; its children get the class `away` while they cannot be seen */
export function markAway(row) {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) target.classList.toggle("away", !isIntersecting);
    },
    { root: row, rootMargin: `0px ${MARGIN_PX}px` },
  );
  for (const column of row.children) {
    column.classList.add("away"); // until it is known to be seen: of most nothing is ever drawn
    observer.observe(column);
  }
}
