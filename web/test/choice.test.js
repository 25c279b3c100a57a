// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart } from "./page.js";
import { makeChoice, makeNamedChoice, showOptions } from "../parts/choice.js";

test("a choice sends its value, and other options keep what is chosen", () => {
  const { part, session } = makePart();
  const choice = makeChoice(part, "output", [["master", "Master"], ["group/g", "Band"]]);
  const select = find(choice, "select");
  select.value = "group/g";
  select.dispatchEvent(new Event("change"));
  assert.deepEqual(session.sent, [{ type: "set", address: "strip/1/output", value: "group/g" }]);
  showOptions(choice, [["master", "Master"], ["group/g", "Choir"], ["group/h", "Drums"]]);
  assert.deepEqual([select.value, select.options.length, select.getAttribute("aria-label")], ["group/g", 3, "Low Output"]);
});

test("a choice among columns follows their names", () => {
  const { part, wiring } = makePart();
  let name = "Band";
  const choice = makeNamedChoice(part, "output", () => [["master", "Master"], ["group/g", name]]);
  name = "Choir";
  wiring.rename([]);
  assert.equal(find(choice, 'option[value="group/g"]').textContent, "Choir");
});

test("what was chosen before its option came is shown when it comes", () => {
  const { part, session } = makePart();
  const choice = makeChoice(part, "output", [["master", "Master"]]);
  session.emit("change", { address: "strip/1/output", value: "group/new" });
  showOptions(choice, [["master", "Master"], ["group/new", "New"]]);
  assert.equal(find(choice, "select").value, "group/new");
});
