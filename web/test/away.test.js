// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { seen } from "./page.js";
import { markAway } from "../parts/away.js";

test("a column that is scrolled away is marked until it comes back, and no other is", () => {
  const row = document.createElement("div");
  row.innerHTML = "<section></section><section></section>";
  const [first, second] = row.children;
  markAway(row);
  seen(first, false);
  assert.deepEqual([first.className, second.className], ["away", ""]);
  seen(first, true);
  assert.equal(first.className, "");
});
