// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, makePart, press } from "./page.js";
import { makePan } from "../parts/slider.js";

test("a pan says where it is, and is turned by keys", () => {
  const { part, session } = makePart({ pan: -0.5 });
  const pan = makePan(part, "pan");
  document.body.append(pan);
  const body = find(pan, '[role="slider"]');
  assert.deepEqual([find(pan, "output").textContent, body.getAttribute("aria-label")], ["L50", "Low Pan"]);
  press(body, "End");
  frames();
  assert.deepEqual(session.sent, [{ type: "set", address: "strip/1/pan", value: 1 }]);
});
