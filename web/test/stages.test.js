// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "./page.js";
import { makeStages } from "../parts/stages.js";

test("where the time goes is a bar in proportion and a legend in words; where nothing is known there is nothing", () => {
  assert.deepEqual(makeStages({ ring: null }), []);
  const [bar, legend] = makeStages({ network: 2, ring: 8.04 });
  assert.deepEqual([...bar.children].map((piece) => /** @type {any} */ (piece).className), ["stage-network", "stage-ring"]);
  assert.match(legend.textContent ?? "", /network2\.0 ms.*ring8\.0 ms/);
  assert.equal(find(bar, ".stage-ring").style.flexGrow, "8.04");
});
