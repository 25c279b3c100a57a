// @ts-check
/** Inviting a second device: a link, and the same as a QR code, drawn here since it holds a token. */
import { post } from "../../client/front-door.js";
import { drawn, element } from "./dom.js";

const ROLES = /** @type {const} */ ({
  controller: "controls, without sound", listener: "hears, controls nothing", performer: "hears and controls",
});

/**
 * @param {import("../../client/front-door.js").Entry} entry
 * @param {string} role our own
 * @param {string} [to] the page that is opened; the console if absent
 */
export function makeInvitation(entry, role, to = "") {
  const may = role === "performer" ? Object.entries(ROLES) : Object.entries(ROLES).filter(([name]) => name === role);
  const choice = element("select", { class: "button", "aria-label": "Role of whom you invite" },
    ...may.map(([name, text]) => element("option", { value: name, text: `${name}: ${text}` })));
  const link = element("input", { class: "button", type: "text", readonly: "", "aria-label": "Invitation link" });
  const code = element("div", { class: "code", role: "img", "aria-label": "QR code of the invitation" });
  const said = element("p", { class: "dim small", role: "status" });
  const copy = element("button", {
    type: "button", class: "button", text: "Copy",
    click: () => navigator.clipboard.writeText(link.value).then(
      () => (said.textContent = "Copied."),
      () => {
        link.select();
        said.textContent = "The browser keeps its clipboard closed: press Ctrl+C.";
      }),
  });
  const result = element("div", { class: "invitation", hidden: "" }, code, element("div", { class: "row" }, link, copy));
  const invite = element("button", {
    type: "button", class: "button", text: "Invite",
    click: async () => {
      said.textContent = "";
      try {
        link.value = (await makeLink(entry, choice.value)).page.replace("/#", `/${to}#`);
        code.replaceChildren(await drawCode(link.value));
        result.hidden = false;
        said.textContent = hint(link.value);
      } catch (error) {
        said.textContent = `No invitation: ${error instanceof Error ? error.message : error}`;
      }
    },
  });
  return element("div", { class: "invite" }, element("div", { class: "row" }, choice, invite), result, said);
}

/**
 * @param {import("../../client/front-door.js").Entry} entry
 * @param {string} role
 * @returns {Promise<{page: string}>}
 */
function makeLink({ session, token }, role) {
  return post(`/api/sessions/${encodeURIComponent(session)}/invitations`, { role }, token);
}

/** @param {string} text @returns {Promise<SVGElement>} */
async function drawCode(text) {
  const { encodeQR } = await import("../vendor/qr.js"); // only for those who invite
  const rows = /** @type {boolean[][]} */ (encodeQR(text, "raw", { ecc: "low", border: 2 }));
  const d = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  const look = { viewBox: `0 0 ${rows.length} ${rows.length}`, "shape-rendering": "crispEdges" };
  return drawn("svg", look, drawn("path", { d }));
}

/** @param {string} link */
function hint(link) {
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(new URL(link).hostname);
  return here
    ? "This page came from this very machine, and so does the link. For other devices open it by the machine's name or address in your network."
    : "Good until the session ends, for everyone who has it.";
}
