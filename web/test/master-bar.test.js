// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, makePart, press } from "./page.js";
import { makeMasterBar } from "../parts/master-bar.js";

test("the bar's fader turns the master's and follows it, with its level in figures", () => {
  const { part, session } = makePart({}, "master");
  const bar = makeMasterBar(part);
  document.body.append(bar);
  const way = find(bar, '[role="slider"]');
  assert.equal(way.getAttribute("aria-label"), "Master Fader");
  session.turned("master/fader", -12);
  frames(60);
  assert.equal(find(bar, "input").value, "−12.0");
  press(way, "End");
  frames();
  assert.equal(/** @type {any} */ (session.sent.at(-1)).address, "master/fader");
});
