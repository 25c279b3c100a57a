// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePart } from "./page.js";
import { makeJump } from "../parts/jump.js";

test("whoever chooses a player is there, and may choose it again", () => {
  const { part, wiring } = makePart();
  const body = document.createElement("section");
  let seen = 0;
  body.scrollIntoView = () => void seen++;
  const jump = makeJump([{ part, body }]);
  document.body.append(jump, body);
  wiring.rename([["strip/1", "Bass"]]);
  assert.deepEqual([...jump.options].map(({ textContent }) => textContent), ["Player", "Bass"]);
  for (let n = 1; n < 3; n++) {
    jump.value = "0";
    jump.dispatchEvent(new Event("change"));
    assert.deepEqual([seen, document.activeElement === body, jump.value], [n, true, ""]);
  }
});
