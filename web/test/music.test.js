// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, settled } from "./page.js";
import { makeMusic } from "../parts/music.js";

test("the limits are the server's own, and a drop without a file is said to be one", async () => {
  const limits = { kinds: ["WAV", "FLAC"], file_bytes: 64 * 2 ** 20, file_duration_s: 600, files_an_hour: 20, session_strips: 64 };
  globalThis.fetch = async () => new Response(JSON.stringify(limits));
  const drawer = makeMusic(/** @type {any} */ (new FakeSession()), /** @type {any} */ ({ session: "s1", token: "t" }));
  document.body.append(drawer.body);
  drawer.body.showPopover();
  for (let n = 0; n < 5; n++) await settled();
  assert.match(drawer.body.textContent ?? "", /WAV, FLAC; up to 64 MB and 10 minutes a file, 64 files a session, 20 files an hour\./);
  const drop = Object.assign(new Event("drop", { cancelable: true }), { dataTransfer: { types: ["Files"], items: [] } });
  window.dispatchEvent(drop);
  for (let n = 0; n < 5; n++) await settled();
  assert.match(drawer.body.textContent ?? "", /There is no file in what you dropped/);
});

test("a veil says where to drop, and only to who carries files", () => {
  const over = (/** @type {string[]} */ types) => window.dispatchEvent(Object.assign(new Event("dragover", { cancelable: true }), { dataTransfer: { types } }));
  const veil = find(document, ".drop-veil");
  veil.hidden = true;
  over(["text/plain"]);
  assert.equal(veil.hidden, true);
  over(["Files"]);
  assert.equal([...document.querySelectorAll(".drop-veil")].some((each) => !(/** @type {any} */ (each).hidden)), true);
});
