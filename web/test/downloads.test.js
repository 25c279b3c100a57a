// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, settled } from "./page.js";
import { makeDownloads } from "../parts/downloads.js";

const place = (/** @type {string} */ role) => {
  const body = document.createElement("div");
  body.append(...makeDownloads(/** @type {any} */ ({ session: "s1", token: "t" }), role));
  document.body.append(body);
  return body;
};
const named = (/** @type {Element} */ body, /** @type {string} */ text) => [...body.querySelectorAll("button")].find((button) => button.textContent === text);

test("a listener takes the session file home, and no mix", () => {
  assert.ok(named(place("listener"), "Session file"));
  assert.equal(named(place("listener"), "Mix"), undefined);
});

test("stems are rendered as the format says and fetched; a failure is told in the server's words", async () => {
  /** @type {any[]} */
  const asked = [];
  let state = "done";
  globalThis.fetch = async (url, init) => {
    asked.push([String(url), init?.body]);
    if (String(url).endsWith("/file")) return new Response("zip", { headers: { "Content-Disposition": 'attachment; filename="stems.zip"' } });
    return new Response(JSON.stringify({ state, progress: 1, message: "the disk is full", file: "/api/bounces/b1/file", self: "http://localhost/api/bounces/b1" }), { status: 201 });
  };
  URL.createObjectURL = () => "blob:x";
  const body = place("performer");
  find(body, "select").value = "flac";
  named(body, "Stems")?.click();
  for (let n = 0; n < 10; n++) await settled();
  assert.deepEqual(asked.map(([url]) => url), ["/api/sessions/s1/bounces", "/api/bounces/b1/file"]);
  assert.deepEqual(JSON.parse(asked[0][1]), { format: "flac", stems: true });
  assert.match(find(body, '[role="status"]').textContent, /The stems are in your downloads/);
  state = "failed";
  named(body, "Mix")?.click();
  for (let n = 0; n < 10; n++) await settled();
  assert.match(find(body, '[role="status"]').textContent, /the disk is full/);
});
