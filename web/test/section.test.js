// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart } from "./page.js";
import { makeSection, makeSheetHead } from "../parts/section.js";

test("a section has its heading, and a sheet's head says whose it is and closes it", () => {
  assert.equal(find(makeSection("EQ", [], document.createElement("p")), "h3").textContent, "EQ");
  const { part, wiring } = makePart();
  let closed = 0;
  const head = makeSheetHead(part, () => closed++);
  wiring.rename([["strip/1", "Bass"]]);
  const done = find(head, "button");
  done.click();
  assert.deepEqual([find(head, ".sheet-name").textContent, done.getAttribute("aria-label"), closed], ["Bass", "Done with Bass", 1]);
});
