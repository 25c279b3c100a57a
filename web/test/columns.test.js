// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, TABLE } from "./page.js";
import { columns, keys, outputs, rooms, rowsOf } from "../parts/columns.js";

function session() {
  const made = new FakeSession();
  made.state.groups = [{ id: "g", name: "Band" }];
  made.state.auxes = [{ id: "hall", name: "Hall", kind: "reverb" }];
  return made;
}

test("columns are strips, groups and auxes with their addresses", () => {
  assert.deepEqual(columns(session()).map(({ owner, name, table }) => [owner, name, table]), [["strip/1", "Low", "strip"], ["group/g", "Band", "group"], ["aux/hall", "Hall", "reverb"]]);
});

test("a channel has a send to each aux, called as the aux is now", () => {
  const auxes = [{ id: "hall", name: "Hall" }];
  const rows = rowsOf({ kind: "strip", table: "strip" }, TABLE, auxes);
  assert.equal(rows["send/hall"].label, `${TABLE.send.send.label}: Hall`);
  auxes[0].name = "Church";
  assert.equal(rows["send/hall"].label, `${TABLE.send.send.label}: Church`);
  assert.equal(rowsOf({ kind: "aux", table: "reverb" }, TABLE, auxes), TABLE.reverb);
});

test("nothing goes to itself, and only to groups; a compressor listens to any other channel", () => {
  const all = columns(session());
  assert.deepEqual(outputs(all, "strip/1"), [["master", "Master"], ["group/g", "Band"]]);
  assert.deepEqual(outputs(all, "group/g"), [["master", "Master"]]);
  assert.deepEqual(keys(all, "group/g"), [["self", "Itself"], ["strip/1", "Low"]]);
  assert.deepEqual(rooms([{ id: "x", name: "" }]), [["", "None"], ["x", "x"]]);
});
