// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, settled } from "./page.js";
import { makeInvitation } from "../parts/invite.js";

test("who is a listener invites listeners only, and a refusal is said", async () => {
  const invite = makeInvitation(/** @type {any} */ ({ session: "s1", token: "t" }), "listener");
  assert.deepEqual([...find(invite, "select").options].map((option) => option.value), ["listener"]);
  globalThis.fetch = async () => new Response(JSON.stringify({ error: { code: "refused", message: "no more guests" } }), { status: 403 });
  find(invite, ".button:not(select)").click();
  for (let n = 0; n < 5; n++) await settled();
  assert.match(find(invite, '[role="status"]').textContent, /No invitation: .*no more guests/);
});

test("an invitation may lead to another page than the console", async () => {
  const invite = makeInvitation(/** @type {any} */ ({ session: "s1", token: "t" }), "performer", "orchestra.html");
  globalThis.fetch = async () => new Response(JSON.stringify({ role: "controller", token: "x", page: "http://localhost/#session=s1" }), { status: 201 });
  find(invite, ".button:not(select)").click();
  for (let n = 0; n < 100 && !invite.querySelector("svg"); n++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(find(invite, "[readonly]").value, "http://localhost/orchestra.html#session=s1");
});

test("an invitation is a link and a code that is drawn here", async () => {
  const invite = makeInvitation(/** @type {any} */ ({ session: "s1", token: "t" }), "performer");
  globalThis.fetch = async () => new Response(JSON.stringify({ role: "controller", token: "x", page: "http://localhost/#session=s1" }), { status: 201 });
  find(invite, ".button:not(select)").click();
  for (let n = 0; n < 100 && !invite.querySelector("svg"); n++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(find(invite, "[readonly]").value, "http://localhost/#session=s1");
  assert.match(find(invite, "svg path").getAttribute("d"), /^M2 2h1v1h-1z/); // the first finder's corner, behind a border of 2
  assert.match(find(invite, '[role="status"]').textContent, /this very machine/);
});
