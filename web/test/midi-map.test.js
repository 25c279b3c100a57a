// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { MidiMap, readMidi, rowOf } from "../parts/midi-map.js";

/** @type {import("../parts/law.js").Row} */
const PAN = { name: "pan", label: "Pan", unit: "", law: "linear", default: 0, allowed: "-1 to 1", minimum: -1, maximum: 1 };
/** @type {import("../parts/law.js").Row} */
const MUTE = { name: "mute", label: "Mute", unit: "", law: "switch", default: false, allowed: "true or false" };

/** @param {number} value */
const controller = (value) => ({ key: "channel 1 controller 7", position: value / 127 });

test("controllers, notes and pitch bends are read as MIDI 1.0 has them", () => {
  assert.deepEqual(readMidi(new Uint8Array([0xb2, 7, 127])), { key: "channel 3 controller 7", position: 1 });
  assert.deepEqual(readMidi(new Uint8Array([0x90, 60, 0])), { key: "channel 1 note 60", position: 0 });
  assert.deepEqual(readMidi(new Uint8Array([0xe0, 127, 127])), { key: "channel 1 pitch bend", position: 1 });
  assert.equal(readMidi(new Uint8Array([0xf8])), null);
});

test("a controller takes hold only when it passes the value, and then turns it over the whole way", () => {
  const map = new MidiMap();
  map.learn("channel 1 controller 7", "strip/1/pan");
  const state = { row: PAN, value: 0.5 };
  const find = () => state;
  assert.equal(map.take(controller(0), find, 0), null);
  assert.equal(map.take(controller(60), find, 10), null);
  assert.equal(map.take(controller(100), find, 20)?.address, "strip/1/pan");
  assert.deepEqual(map.take(controller(127), find, 30), { address: "strip/1/pan", value: 1 }); // not yet answered
  assert.equal(map.take(controller(120), find, 5000), null); // somebody else has put it back
});

test("a switch turns over when it is pressed and not when it is let go", () => {
  const map = new MidiMap();
  map.learn("channel 1 controller 7", "strip/1/mute");
  const find = () => ({ row: MUTE, value: false });
  assert.equal(map.take(controller(0), find, 0), null);
  assert.deepEqual(map.take(controller(127), find, 10), { address: "strip/1/mute", value: true });
  assert.equal(map.take(controller(0), find, 20), null);
});

test("a mapping goes through a file, and what is none is refused in words", () => {
  const map = new MidiMap();
  map.learn("channel 1 controller 7", "strip/1/pan");
  const other = new MidiMap();
  other.fromText(map.toText());
  assert.deepEqual(other.entries, [["channel 1 controller 7", "strip/1/pan"]]);
  assert.throws(() => other.fromText("{"), /no MIDI mapping/);
  assert.throws(() => other.fromText("{}"), /format/);
  assert.throws(() => other.fromText('{"format": "telharmonic-midi-1", "controllers": {"a": 1}}'), /broken/);
  assert.deepEqual(other.entries, [["channel 1 controller 7", "strip/1/pan"]]);
});

test("an address leads to its row, through the kind of its aux too", () => {
  const table = { strip: { pan: PAN }, master: { width: PAN }, send: { send: PAN }, reverb: { mute: MUTE } };
  const auxes = [{ id: "hall", kind: "reverb" }];
  assert.equal(rowOf(table, auxes, "strip/1/pan"), PAN);
  assert.equal(rowOf(table, auxes, "group/1/pan"), PAN);
  assert.equal(rowOf(table, auxes, "master/width"), PAN);
  assert.equal(rowOf(table, auxes, "strip/1/send/hall"), PAN);
  assert.equal(rowOf(table, auxes, "aux/hall/mute"), MUTE);
  assert.equal(rowOf(table, auxes, "aux/none/mute"), null);
});
