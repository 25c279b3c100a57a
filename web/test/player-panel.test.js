// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart, settled, TABLE } from "./page.js";
import { makePlayerPanel } from "../parts/player-panel.js";

test("a player is named after its strip, says what its ping found, and has the rest behind a fold", async () => {
  const { part, wiring } = makePart();
  const rows = Object.fromEntries(Object.values(TABLE).flatMap((kind) => Object.values(kind)).filter(({ name }) => name.startsWith("grain_")).map((row) => [row.name, row]));
  const own = wiring.part("strip/1", "Low", rows);
  /** @param {(text: string) => void} say */
  const ping = async (say) => {
    say("1 of 3");
    assert.equal(find(body, "output").textContent, "1 of 3");
    const splitMs = { control: 1, wait: 3, render: 0, network: 1, ring: 15, output: 8 };
    return { measured: { kind: /** @type {const} */ ("sound"), samplesMs: [19, 20, 24], splitMs, underruns: 0 }, about: "3 of 3 pings" };
  };
  const { body, showRecordings } = makePlayerPanel({ part, cloud: own, own, colour: "", recordings: [["strip/1", "Low"], ["strip/2", "High"]], ping });
  document.body.append(body);
  wiring.rename([["strip/1", "Bass"]]);
  assert.equal(body.getAttribute("aria-label"), "Bass");
  find(body, '[aria-label="Ping Bass"]').click();
  await settled();
  assert.equal(find(body, "output").textContent, "median 20.0, p95 24.0 ms");
  find(body, '[aria-label="Ping Bass"]').click();
  await settled();
  assert.equal(body.querySelectorAll(".found .card").length, 1);
  assert.ok(find(body, ".found .histogram") && find(body, ".found .stages"));
  assert.equal(body.querySelectorAll("details .dial").length, 0);
  const more = /** @type {HTMLDetailsElement} */ (body.querySelectorAll("details.more")[1]);
  more.open = true;
  more.dispatchEvent(new Event("toggle"));
  showRecordings([["strip/1", "Low"], ["strip/2", "High"], ["recording/own", "Bells"]]);
  const options = [...body.querySelectorAll(".choice option")].map((option) => option.textContent);
  assert.deepEqual(options, ["Its own", "High", "Bells"]);
});
