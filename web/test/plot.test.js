// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, find } from "./page.js";
import { makePlot } from "../parts/plot.js";

test("a plot says what it is now, and from where to where it went", () => {
  const plot = makePlot("Memory", (value) => `${value} MB`);
  plot.show([5, 9, 7]);
  assert.equal(find(plot.body, "b").textContent, "7 MB");
  assert.equal(find(plot.body, "canvas").getAttribute("aria-label"), "Memory: from 5 MB to 9 MB");
});

test("the top of the scale is the largest value, and is told at the left", () => {
  const plot = makePlot("Memory", (value) => `${value} MB`);
  plot.show([5, 9, 7]);
  assert.ok(drawn(find(plot.body, "canvas")).includes("fillText 9 MB 4 10"));
  plot.show([0, 0]);
  assert.ok(drawn(find(plot.body, "canvas")).includes("fillText 1 MB 4 10"));
});
