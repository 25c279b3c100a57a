// @ts-check
/** The one click that browsers want before a page may sound. */
import { element } from "./dom.js";

/**
 * @param {string} name of the session
 * @param {() => Promise<boolean>} listen
 */
export function askToStart(name, listen) {
  const close = () => overlay.close();
  const begin = element("button", { type: "button", class: "button primary", text: "Start listening", autofocus: "" });
  const without = element("button", { type: "button", class: "plain", text: "Control without listening", click: close });
  const about = element("p", {
    class: "dim",
    text: "The sound is made on the server and arrives here a few milliseconds later. Your browser plays it after a click.",
  });
  const card = element("div", { class: "card" }, element("h2", { text: name, id: "start-title" }), about, begin, without);
  const overlay = element("dialog", { class: "start", "aria-labelledby": "start-title" }, card);
  begin.addEventListener("click", async () => {
    begin.disabled = true;
    const heard = await listen().catch((error) => {
      about.textContent = String(error.message ?? error);
      return false;
    });
    if (heard) close();
    else begin.disabled = false;
  });
  overlay.addEventListener("close", () => {
    overlay.remove();
    const play = document.querySelector(".key.play");
    if (play instanceof HTMLElement) play.focus();
  });
  document.body.append(overlay);
  overlay.showModal();
}
