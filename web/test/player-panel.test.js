// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, makePart, point, settled, TABLE } from "./page.js";
import { makePlayerPanel } from "../parts/player-panel.js";

const rows = Object.fromEntries(Object.values(TABLE).flatMap((kind) => Object.values(kind)).filter(({ name }) => name.startsWith("grain_")).map((row) => [row.name, row]));
const noPing = () => Promise.reject(new Error("pause first"));

test("a player is named after its strip, says what its ping found, and has the rest behind a fold", async () => {
  const { part, wiring } = makePart();
  const own = wiring.part("strip/1", "Low", rows);
  const { body, showRecordings } = makePlayerPanel({ part, cloud: own, own, colour: "", recordings: [["strip/1", "Low"], ["strip/2", "High"]], ping: noPing });
  document.body.append(body);
  wiring.rename([["strip/1", "Bass"]]);
  assert.equal(body.getAttribute("aria-label"), "Bass");
  find(body, '[aria-label="Ping Bass"]').click();
  await settled();
  assert.equal(find(body, "output").textContent, "pause first");
  assert.equal(body.querySelectorAll("details .dial").length, 0);
  const more = /** @type {HTMLDetailsElement} */ (body.querySelectorAll("details.more")[1]);
  more.open = true;
  more.dispatchEvent(new Event("toggle"));
  showRecordings([["strip/1", "Low"], ["strip/2", "High"], ["recording/own", "Bells"]]);
  const options = [...body.querySelectorAll(".choice-row option")].map((option) => option.textContent);
  assert.deepEqual(options, ["Its own", "High", "Bells"]);
});

test("a touch of the waveform puts the cloud there whatever the scan does, as one step of undo", () => {
  const { part, wiring, session } = makePart();
  const own = wiring.part("strip/1", "Low", rows);
  session.state.values["strip/1/grain_position_mix"] = 0;
  const { body } = makePlayerPanel({ part, cloud: own, own, colour: "", recordings: [], ping: noPing });
  document.body.append(body);
  point(find(body, ".cloud-view"), "pointerdown", { clientX: 140 });
  frames();
  assert.deepEqual(session.sent.map(({ address, value }) => [address, value]), [["strip/1/grain_position", 0.7], ["strip/1/grain_position_mix", 1]]);
  assert.equal(session.sent[0].gesture, session.sent[1].gesture);
});

test("who only listens sees the player and turns nothing", () => {
  const { part, wiring, session } = makePart();
  const own = { ...wiring.part("strip/1", "Low", rows), mayTurn: false };
  const { body } = makePlayerPanel({ part: { ...part, mayTurn: false }, cloud: own, own, colour: "", recordings: [], ping: noPing });
  document.body.append(body);
  point(find(body, ".cloud-view"), "pointerdown", { clientX: 140 });
  frames();
  assert.deepEqual([session.sent.length, [...body.querySelectorAll("button:not([disabled])")].length], [0, 0]);
});
