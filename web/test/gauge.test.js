// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { makeGauge } from "../parts/gauge.js";

test("a gauge shows its figure and a bar from and to, as shares", () => {
  const gauge = makeGauge("Correlation", true);
  gauge.show("0.50", 0.5, 0.25);
  assert.deepEqual([gauge.bar.style.left, gauge.bar.style.width], ["50%", "25%"]);
  assert.match(gauge.body.textContent ?? "", /Correlation.*0\.50/);
  assert.equal(find(gauge.body, ".track").getAttribute("aria-hidden"), "true");
});
