// @ts-check
/** A button of the bar and what it folds out. The browser closes it at Escape or a press elsewhere. */
import { element } from "./dom.js";

let made = 0;

/**
 * @param {object} options
 * @param {string} options.title
 * @param {string} options.kind its class
 * @param {(Node | string)[]} [options.face] what the button shows; the title if absent
 * @param {(Node | string)[]} options.content
 * @param {() => void} [options.onOpen]
 */
export function makeDrawer({ title, kind, face = [title], content, onOpen }) {
  const id = `drawer-${++made}`;
  const heading = element("h2", { text: title, id: `${id}-title` });
  const body = element("section", { class: `drawer ${kind}`, id, popover: "auto", "aria-labelledby": `${id}-title` }, heading, ...content);
  const button = element("button", { type: "button", class: `button opener ${kind}`, popovertarget: id }, ...face);
  body.addEventListener("beforetoggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "open") return;
    const place = button.getBoundingClientRect();
    body.style.setProperty("--top", `${place.bottom + 6}px`);
    body.style.setProperty("--right", `${Math.max(8, document.documentElement.clientWidth - place.right)}px`);
    onOpen?.();
  });
  const isOpen = () => body.matches(":popover-open");
  return { button, body, isOpen };
}
