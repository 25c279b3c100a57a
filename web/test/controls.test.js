// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSession, find, frames, makePart, PARAMETERS, press, settled, TABLE } from "./page.js";
import { wire } from "../parts/controls.js";
import { makeKnob } from "../parts/knob.js";

const HTML = `
  <tel-knob address="strip/1/pan" text="Where"></tel-knob>
  <tel-fader address="master/fader"></tel-fader>
  <tel-slider address="strip/1/pan"></tel-slider>
  <tel-switch address="strip/1/mute" text="Off"></tel-switch>
  <tel-choice address="strip/1/output"></tel-choice>
  <tel-pad address="strip/1" x="pan" y="input_gain"></tel-pad>
  <tel-eq address="strip/1"></tel-eq>
  <tel-compressor address="strip/1"></tel-compressor>
  <tel-meter address="strip/1"></tel-meter>
  <tel-loudness></tel-loudness>
  <tel-knob id="wrong" address="strip/9/pan"></tel-knob>
  <tel-knob id="unknown" address="strip/1/colour"></tel-knob>
  <tel-switch id="none"></tel-switch>`;

test("controls that stand in a page's HTML turn what their address names, and say what they cannot", async () => {
  const session = new FakeSession();
  for (const [owner, kind] of [["strip/1", "strip"], ["master", "master"]]) {
    for (const row of Object.values(TABLE[kind])) session.state.values[`${owner}/${row.name}`] = row.default;
  }
  /** @type {string[]} */
  const told = [];
  const page = document.createElement("div");
  page.innerHTML = HTML;
  document.body.append(page);
  assert.equal(find(page, "tel-knob").childElementCount, 0); // which session this is, is not known yet
  wire(/** @type {any} */ (session), PARAMETERS, (text) => told.push(text));
  await settled();
  assert.equal(find(page, "tel-knob .caption").textContent, "Where");
  press(find(page, "tel-knob .dial"), "Home");
  press(find(page, "tel-fader .fader"), "Home");
  frames();
  find(page, "tel-switch button").click();
  assert.deepEqual(session.sent.map(({ address, value }) => [address, value]), [["strip/1/pan", -1], ["master/fader", TABLE.master.fader.minimum ?? -120], ["strip/1/mute", true]]);
  assert.equal(find(page, "tel-slider output").textContent, "L100");
  assert.deepEqual([...find(page, "tel-choice select").options].map((option) => option.value), ["master"]);
  for (const tag of ["tel-pad .surface", "tel-eq .eq-graph", "tel-compressor .comp-canvas", "tel-meter canvas"]) find(page, tag);
  session.tell("meters", {
    channels: { "strip/1": [-6, -6, -12, -12, -3] }, auxes: {},
    master: { integrated: -23, momentary: -20, short_term: -21, range: 3, true_peak_max: [-1, -2], spectrum: new Array(31).fill(-60) },
  });
  frames(15);
  assert.match(find(page, "tel-loudness").textContent, /-?−23\.0 LUFS/);
  assert.equal(find(page, "tel-compressor .figure.reduction").textContent, "−3.0 dB");
  assert.equal(told.length, 3);
  assert.match(told[0], /tel-knob address="strip\/9\/pan".*no such part, but strip\/1, master/);
  assert.match(told[1], /strip\/1 has no such parameter, but input_gain, /);
  assert.match(told[2], /the address of a parameter is wanted/);
});

test("a control that comes into the page later is filled too, and one that is moved keeps what it has", async () => {
  const later = document.createElement("tel-fader");
  later.setAttribute("address", "strip/1/fader");
  document.body.append(later);
  await settled();
  assert.ok(find(later, ".fader"));
  const { part } = makePart();
  const knob = makeKnob(part, "pan");
  document.body.append(knob);
  document.body.prepend(knob);
  await settled();
  assert.equal(knob.querySelectorAll(".dial").length, 1);
});
