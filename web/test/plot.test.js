// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { makePlot } from "../parts/plot.js";

test("a plot says what it is now, and from where to where it went", () => {
  const plot = makePlot("Memory", (value) => `${value} MB`);
  plot.show([5, 9, 7]);
  assert.equal(find(plot.body, "b").textContent, "7 MB");
  assert.equal(find(plot.body, "canvas").getAttribute("aria-label"), "Memory: from 5 MB to 9 MB");
});
