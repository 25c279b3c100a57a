// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find } from "./page.js";
import { makeHistory } from "../parts/history.js";

test("undo and redo can be pressed when there is something to undo or redo", () => {
  const session = new FakeSession();
  const place = document.createElement("div");
  /** @type {string[]} */
  const sent = [];
  makeHistory(place, /** @type {any} */ (session), (command) => sent.push(/** @type {any} */ (command).type), (text) => sent.push(text));
  const [undo, redo] = [find(place, '[aria-label="Undo"]'), find(place, '[aria-label="Redo"]')];
  undo.click();
  session.tell("history", { undo: 2, redo: 0 });
  undo.click();
  redo.click();
  assert.deepEqual([sent, undo.title, redo.getAttribute("aria-disabled")], [["There is nothing of yours to undo.", "undo", "There is nothing of yours to redo."], "Undo (2 of your own steps)", "true"]);
});
