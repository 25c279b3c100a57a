// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, TABLE } from "./page.js";
import { heard, makeSolo } from "../parts/solo.js";
import { Wiring } from "../parts/wiring.js";

/** Channels by what they go to, and those that are soloed. @param {Record<string, string>} outputs @param {string[]} soloed */
const open = (outputs, soloed) => [...heard(Object.entries(outputs).map(([owner, output]) => ({ owner, output, solo: soloed.includes(owner) })))].sort();
const DESK = { a: "band", b: "band", c: "master", band: "bus", bus: "master" };

test("solo lets through what is soloed, the groups on its way, and all that feeds a soloed group", () => {
  assert.deepEqual(open(DESK, []), ["a", "b", "band", "bus", "c"]);
  assert.deepEqual(open(DESK, ["a"]), ["a", "band", "bus"]);
  assert.deepEqual(open(DESK, ["band"]), ["a", "b", "band", "bus"]);
  assert.deepEqual(open(DESK, ["c"]), ["c"]);
  assert.deepEqual(open({ x: "y", y: "x" }, ["x"]), ["x", "y"]); // never there, and no endless way
});

test("one lamp tells who is soloed and ends it; what is silenced is dimmed", () => {
  const session = new FakeSession();
  const wiring = new Wiring(/** @type {any} */ (session), () => {});
  const columns = new Map(["1", "2"].map((id) => {
    for (const name of ["solo", "output"]) session.state.values[`strip/${id}/${name}`] = TABLE.strip[name].default;
    return [`strip/${id}`, { part: wiring.part(`strip/${id}`, `Strip ${id}`, TABLE.strip), body: document.createElement("section") }];
  }));
  /** @type {any[]} */
  const sent = [];
  const lamp = makeSolo(columns, (values) => sent.push(values));
  const dimmed = () => [...columns.values()].map(({ body }) => body.classList.contains("unheard"));
  assert.deepEqual([lamp.hidden, dimmed()], [true, [false, false]]);
  session.turned("strip/2/solo", true);
  assert.deepEqual([lamp.hidden, dimmed(), lamp.getAttribute("aria-label")], [false, [true, false], "Solo: Strip 2. Press to end it."]);
  lamp.click();
  assert.deepEqual(sent, [{ "strip/2/solo": false }]);
});
