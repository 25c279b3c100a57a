// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Folding } from "../parts/folding.js";
import { Memory } from "./page.js";

test("what is unfolded is remembered for the session of that name alone", () => {
  const memory = new Memory();
  new Folding("one", memory).keep("strip/1", true);
  assert.equal(new Folding("one", memory).isUnfolded("strip/1"), true);
  assert.equal(new Folding("one", memory).isUnfolded("strip/2"), false);
  assert.equal(new Folding("other", memory).isUnfolded("strip/1"), false);
  assert.equal(new Folding("other", memory).isUnfolded("master", true), true);
  memory.setItem("telharmonic.unfolded.one", "{broken");
  assert.equal(new Folding("one", memory).isUnfolded("strip/1"), false);
});
