// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, settled, TABLE } from "./page.js";
import { makeMidi } from "../parts/midi.js";
import { MidiMap } from "../parts/midi-map.js";

test("a control that is touched and a controller that is moved belong together, and that is kept", async () => {
  localStorage.clear();
  const session = new FakeSession();
  session.state.values["strip/1/fader"] = 0;
  const input = { name: "Little Mixer", onmidimessage: /** @type {any} */ (null) };
  Object.assign(navigator, { requestMIDIAccess: async () => ({ inputs: new Map([["1", input]]), onstatechange: null }) });
  const midi = makeMidi(/** @type {any} */ (session), TABLE, () => {});
  const press = (/** @type {string} */ text) => [...midi.body.querySelectorAll("button")].find((button) => button.textContent === text)?.click();
  press("Switch MIDI on");
  await settled();
  assert.match(find(midi.body, '[role="status"]').textContent, /Little Mixer/);
  press("Learn");
  session.tell("change", { member: "m2", address: "strip/1/pan", value: 0 }); // somebody else's
  session.tell("change", { member: "m1", address: "strip/1/fader", value: 0 });
  input.onmidimessage({ data: new Uint8Array([0xb0, 7, 99]) });
  assert.match(find(midi.body, ".mapping").textContent, /channel 1 controller 7.*strip\/1\/fader/);
  input.onmidimessage({ data: new Uint8Array([0xb0, 7, 10]) }); // far from the value: nothing jumps
  assert.deepEqual(session.sent, []);
  input.onmidimessage({ data: new Uint8Array([0xb0, 7, 127]) });
  assert.equal(session.sent.length, 1);
  assert.ok(localStorage.getItem("telharmonic.midi")?.includes("strip/1/fader"));
});

test("keys that turn nothing play the server's instrument, where there is one and it is switched on", async () => {
  localStorage.clear();
  const input = { name: "Keys", onmidimessage: /** @type {any} */ (null) };
  Object.assign(navigator, { requestMIDIAccess: async () => ({ inputs: new Map([["1", input]]), onstatechange: null }) });
  const find = (/** @type {any} */ midi, /** @type {string} */ text) => [...midi.body.querySelectorAll("button")].find((button) => button.textContent === text);
  const make = (/** @type {string} */ role, /** @type {boolean} */ midi) => {
    const session = Object.assign(new FakeSession(), { role, link: { state: "open" } });
    session.state.midi = midi;
    return { session, midi: makeMidi(/** @type {any} */ (session), TABLE, () => {}) };
  };
  for (const [role, there] of /** @type {[string, boolean][]} */ ([["performer", false], ["controller", true]])) assert.equal(find(make(role, there).midi, "Play"), undefined);
  const { session, midi } = make("performer", true);
  find(midi, "Switch MIDI on").click();
  await settled();
  input.onmidimessage({ data: new Uint8Array([0x90, 69, 100]) });
  assert.deepEqual(session.sent, []);
  find(midi, "Play").click();
  input.onmidimessage({ data: new Uint8Array([0x90, 69, 100]) });
  assert.deepEqual(session.sent, [{ type: "midi", messages: [[0x90, 69, 100]] }]);
});

test("what is forgotten leaves the focus in the list, and at last in the drawer", () => {
  const map = new MidiMap();
  map.learn("channel 1 controller 7", "strip/1/fader");
  map.learn("channel 1 controller 8", "strip/1/pan");
  localStorage.setItem("telharmonic.midi", map.toText());
  const midi = makeMidi(/** @type {any} */ (new FakeSession()), TABLE, () => {});
  document.body.append(midi.body);
  const rest = () => midi.body.querySelectorAll(".mapping button");
  for (const left of [1, 0]) {
    const forget = /** @type {any} */ (rest()[0]);
    forget.focus();
    forget.click();
    assert.equal(rest().length, left);
    assert.equal(document.activeElement, left ? rest()[0] : midi.body.querySelector("button"));
  }
});
