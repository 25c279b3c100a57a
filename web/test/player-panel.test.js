// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart, settled, TABLE } from "./page.js";
import { makePlayerPanel } from "../parts/player-panel.js";

test("a player is named after its strip, says what its ping found, and has the rest behind a fold", async () => {
  const { part, wiring } = makePart();
  const rows = Object.fromEntries(Object.values(TABLE).flatMap((kind) => Object.values(kind)).filter(({ name }) => name.startsWith("grain_")).map((row) => [row.name, row]));
  const own = wiring.part("strip/1", "Low", rows);
  const { body } = makePlayerPanel({ part, cloud: own, own, colour: "", recordings: [["strip/1", "Low"], ["strip/2", "High"]], ping: async () => "heard after 20 ms" });
  document.body.append(body);
  wiring.rename([["strip/1", "Bass"]]);
  assert.equal(body.getAttribute("aria-label"), "Bass");
  find(body, '[aria-label="Ping Bass"]').click();
  await settled();
  assert.equal(find(body, "output").textContent, "heard after 20 ms");
  assert.equal(body.querySelectorAll("details .dial").length, 0);
});
