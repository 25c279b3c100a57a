// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart, Memory, TABLE } from "./page.js";
import { Gang } from "../parts/gang.js";
import { makePlayersBar, makeTogether } from "../parts/players-bar.js";

function make() {
  const { wiring, session } = makePart();
  /** @type {any[]} */
  const sent = [];
  const gang = new Gang((values) => sent.push(values));
  const rows = Object.fromEntries(Object.values(TABLE).flatMap((kind) => Object.values(kind)).filter(({ name }) => name.startsWith("grain_")).map((row) => [row.name, row]));
  const parts = ["strip/1", "strip/2"].map((owner) => gang.add(wiring.part(owner, owner, rows)));
  const body = document.createElement("div");
  const bank = /** @type {any} */ ({ name: "Test", memory: new Memory(), send: () => {} });
  body.append(makeTogether(gang), ...makePlayersBar({ gang, rows, bank, values: () => ({}), bring: async () => {}, pings: document.createElement("div") }));
  const press = (/** @type {string} */ text) => [...body.querySelectorAll("button")].find((button) => button.textContent === text)?.click();
  return { body, sent, session, parts, press };
}

test("while they go together, what is turned on one player is turned on all", () => {
  const { sent, parts, press } = make();
  parts[0].turn("grain_density", 9);
  press("All together");
  parts[0].turn("grain_density", 7);
  assert.deepEqual(sent, [{ "strip/2/grain_density": 7 }]);
});

test("a parameter is spread over the players from end to end", () => {
  const { sent, body, press } = make();
  find(body, '[aria-label="Parameter to spread"]');
  press("Spread over players");
  assert.deepEqual(sent, [{
    "strip/1/grain_position": 0, "strip/1/grain_position_mix": 1, "strip/2/grain_position": 1, "strip/2/grain_position_mix": 1,
  }]);
});

test("chance comes over all players in one step, to each its own", () => {
  const { sent, session, press } = make();
  press("Randomise all");
  assert.deepEqual([sent.length, session.sent.length], [1, 0]);
  assert.notEqual(sent[0]["strip/1/grain_seed"], sent[0]["strip/2/grain_seed"]);
});
