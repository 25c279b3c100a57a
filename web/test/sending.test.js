// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, settled } from "./page.js";
import { makeSending } from "../parts/sending.js";

/** A server that takes every file but those that are called broken. @param {number} session_strips */
function makeServer(session_strips) {
  /** @type {any[]} */
  const opened = [];
  globalThis.fetch = /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ asked = {}) => {
    if (String(url).endsWith("/api/uploads")) return new Response(JSON.stringify({ session_strips }));
    opened.push(JSON.parse(asked.body));
    return new Response(JSON.stringify({ id: "s2", links: { ws: "ws://x" }, tokens: { performer: "p" } }), { status: 201 });
  });
  globalThis.XMLHttpRequest = /** @type {any} */ (class {
    upload = {};
    open(/** @type {string} */ _, /** @type {string} */ url) {
      this.name = decodeURIComponent(url.split("name=")[1]);
    }
    send() {
      const broken = /broken/i.test(this.name ?? "");
      Object.assign(this, broken ? { status: 400, response: { error: { code: "asset", message: `'${this.name}' is no sound` } } }
        : { status: 201, response: { upload: this.name, name: this.name } });
      setTimeout(/** @type {any} */ (this).onload, 0);
    }
  });
  return opened;
}

/** @param {string[]} names @param {string} folder @param {number} [limit] */
async function make(names, folder, limit = 64) {
  const opened = makeServer(limit);
  const sending = makeSending();
  document.body.append(sending.body);
  await sending.send(names.map((name) => new File(["x"], name)), folder);
  const rows = [...sending.body.querySelectorAll("li")].map((row) => row.textContent);
  return { opened, rows, said: find(sending.body, "[role=status]").textContent, button: find(sending.body, "button") };
}

test("files that were all taken become a session at once, called after the first, or after the folder", async () => {
  const { opened, button } = await make(["01_Flute.wav", "02 Drum.wav"], "");
  assert.deepEqual(opened[0], { uploads: [{ upload: "01_Flute.wav", name: "01 Flute" }, { upload: "02 Drum.wav", name: "02 Drum" }], name: "01 Flute" });
  assert.equal(button.hidden, true);
  assert.equal((await make(["a.wav"], "Trio")).opened[0].name, "Trio");
});

test("a file that failed is named with its reason, and the page waits until one opens the rest", async () => {
  const { opened, rows, said, button } = await make(["1 Broken.wav", "2 Flute.wav"], "");
  assert.deepEqual(rows, ["1 Broken.wav'1 Broken.wav' is no sound", "2 Flute.wav"]);
  assert.match(said, /^1 of 2 files is not in the new session/);
  assert.deepEqual([opened.length, button.hidden, button.textContent], [0, false, "Open it without them"]);
  button.click();
  await settled();
  assert.deepEqual(opened[0], { uploads: [{ upload: "2 Flute.wav", name: "2 Flute" }], name: "2 Flute" });
});

test("no session is offered where the server took nothing", async () => {
  const { opened, said, button } = await make(["Broken.wav"], "");
  assert.match(said, /took none/);
  assert.deepEqual([opened.length, button.hidden], [0, true]);
});

test("more files than a session has strips are not sent, and named", async () => {
  const { rows, said, button, opened } = await make(["1.wav", "2.wav", "3.wav"], "", 2);
  assert.deepEqual(rows, ["1.wav", "2.wav", "3.wavLeft out: a session holds at most 2 strips."]);
  assert.match(said, /1 of 3 files is not in the new session/);
  button.click();
  await settled();
  assert.equal(opened[0].uploads.length, 2);
});
