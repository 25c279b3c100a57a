// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession } from "./page.js";
import { followAnalysis } from "../parts/analysis.js";

test("the server is asked for the spectrum of the unfolded channel that one visited last, and nothing else is shown", () => {
  const session = new FakeSession();
  const strips = document.createElement("div");
  strips.innerHTML = '<div class="strip unfolded" data-owner="strip/1"><i class="eq-graph"></i></div><div class="strip unfolded" data-owner="strip/2"><i class="eq-graph"></i></div>';
  document.body.append(strips);
  /** @type {string[]} */
  const shown = [];
  followAnalysis(/** @type {any} */ (session), strips, (owner) => shown.push(owner));
  strips.children[1].dispatchEvent(new MouseEvent("click", { bubbles: true }));
  assert.deepEqual(session.sent.map(({ target }) => target), ["strip/1", "strip/2"]);
  for (const target of ["strip/1", "strip/2"]) session.tell("meters", { analysis: { target, bands_db: [] } });
  assert.deepEqual(shown, ["strip/2"]);
  strips.children[1].classList.remove("unfolded");
  strips.children[1].dispatchEvent(new MouseEvent("click", { bubbles: true }));
  assert.equal(session.sent.at(-1).target, "strip/1");
  session.tell("state");
  assert.equal(session.sent.length, 4); // asked again after a reconnect
});
