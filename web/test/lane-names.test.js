// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, TABLE } from "./page.js";
import { laneName, laneOwners } from "../parts/lane-names.js";

function make() {
  const session = new FakeSession();
  session.state.strips = [{ id: "4", name: "Cello", colour: "", stereo: false }, { id: "5", name: "", colour: "", stereo: false }];
  session.state.auxes = [{ id: "hall", name: "Hall", kind: "reverb" }];
  session.state.values = {
    "strip/4/fader": 0, "strip/4/output": "master", "strip/4/send/hall": -6, "strip/5/mute": false, "aux/hall/level": 0, "master/fader": 0, "session/tempo": 120,
  };
  return /** @type {any} */ (session);
}

test("an address is told by its column's name and its parameter's label", () => {
  const session = make();
  const names = ["strip/4/fader", "strip/4/send/hall", "strip/5/mute", "master/fader", "session/tempo"].map((address) => laneName(session, TABLE, address));
  assert.deepEqual(names, ["Cello: Fader", "Cello: Send level: Hall", "5: Mute", "Master: Fader", "Session: Tempo"]);
  assert.equal(laneName(session, TABLE, "strip/9/fader"), "strip/9/fader");
});

test("columns have what can be drawn of them: no choices, and nothing that the session has not", () => {
  const found = laneOwners(make(), TABLE).map(({ name, parameters }) => [name, ...parameters.map(({ address }) => address)]);
  assert.deepEqual(found, [
    ["Cello", "strip/4/fader", "strip/4/send/hall"], ["5", "strip/5/mute"], ["Hall", "aux/hall/level"], ["Master", "master/fader"], ["Session", "session/tempo"],
  ]);
});
