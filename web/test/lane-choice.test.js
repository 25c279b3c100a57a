// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, TABLE } from "./page.js";
import { makeLaneChoice } from "../parts/lane-choice.js";

function make() {
  const session = new FakeSession();
  session.state.strips.push({ id: "2", name: "High", colour: "", stereo: false });
  session.state.values = { "strip/1/pan": 0, "strip/1/fader": 0, "strip/2/pan": 0, "master/fader": 0 };
  /** @type {string[]} */
  const drawn = [];
  const body = makeLaneChoice(/** @type {any} */ (session), TABLE, (address) => address in session.state.values, (address) => drawn.push(address));
  document.body.replaceChildren(body);
  const [column, parameter, field] = ["Column", "Parameter", "Address"].map((name) => find(body, `[aria-label="${name} of a new lane"]`));
  const change = (/** @type {any} */ select, /** @type {string} */ value) => {
    select.value = value;
    select.dispatchEvent(new Event("change"));
  };
  const draw = () => body.dispatchEvent(new Event("submit", { cancelable: true }));
  return { session, drawn, column, parameter, field, change, draw, texts: (/** @type {any} */ select) => [...select.options].map(({ textContent }) => textContent) };
}

test("columns and parameters are chosen by name, and the address follows; another column keeps the parameter it has too", () => {
  const { column, parameter, field, change, draw, drawn, texts } = make();
  assert.deepEqual([texts(column), field.value], [["Low", "High", "Master"], "strip/1/fader"]);
  change(parameter, "strip/1/pan");
  change(column, "strip/2");
  assert.deepEqual([texts(parameter), field.value], [["Pan"], "strip/2/pan"]);
  draw();
  change(column, "master");
  assert.equal(field.value, "master/fader");
  assert.deepEqual(drawn, ["strip/2/pan"]);
});

test("an address that is typed is taken, and the names follow; a wrong one is refused", () => {
  const { column, parameter, field, draw, drawn } = make();
  const type = (/** @type {string} */ text) => {
    field.value = text;
    field.dispatchEvent(new Event("input"));
    draw();
  };
  type("strip/2/pa");
  assert.match(field.validationMessage, /no such address/);
  type("strip/2/pan");
  assert.deepEqual([column.value, parameter.value, drawn], ["strip/2", "strip/2/pan", ["strip/2/pan"]]);
});

test("a column that gets another name has it here too, and what is chosen stays", () => {
  const { session, column, change, field, texts } = make();
  change(column, "strip/2");
  session.state.strips[1].name = "Cello";
  session.tell("described");
  assert.deepEqual([texts(column)[1], column.value, field.value], ["Cello", "strip/2", "strip/2/pan"]);
});
