// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, frames, TABLE } from "./page.js";
import { makeMeter } from "../parts/meter.js";
import { meterHeight } from "../parts/meter-scale.js";

const row = TABLE.strip.fader;
const high = (/** @type {number} */ db) => meterHeight(row, db, 100);

/** Height of what is drawn at x. @param {string[]} calls @param {number} x @param {number} index which of those there */
function heightAt(calls, x, index) {
  return calls.map((call) => call.split(" ")).filter(([name, at, , width]) => name === "fillRect" && Number(at) === x && Number(width) === 6)
    .map(([, , , , height]) => Number(height))[index];
}

test("a meter draws its peak, its RMS and the held peak of each side, and then falls by 24 dB a second", () => {
  const meter = makeMeter({ row });
  document.body.append(meter);
  frames();
  drawn(meter.body);
  meter.show([-6, -12], [-18, -24]);
  frames();
  let calls = drawn(meter.body);
  assert.ok(Math.abs(heightAt(calls, 0, 0) - high(-6)) < 0.01);
  assert.ok(Math.abs(heightAt(calls, 0, 1) - high(-18)) < 0.01);
  assert.ok(Math.abs(heightAt(calls, 8, 0) - high(-12)) < 0.01);
  meter.show([-60, -60], [-60, -60]);
  frames(30); // half a second
  calls = drawn(meter.body);
  const last = calls.slice(calls.lastIndexOf("fillRect 0 0 14 100"));
  assert.ok(Math.abs(heightAt(last, 0, 0) - high(-18)) < 0.2);
  assert.equal(heightAt(last, 0, 2), 1.5); // the mark of the peak that is held
});

test("a meter that shows nothing new is not drawn", () => {
  const meter = makeMeter({ row, reduction: true });
  document.body.append(meter);
  frames(2);
  drawn(meter.body);
  frames(5);
  assert.deepEqual(drawn(meter.body), []);
  meter.show([-60, -60], [-60, -60], -12);
  frames();
  assert.ok(drawn(meter.body).includes("fillRect 16 0 4 50")); // half of 24 dB
});

test("where nothing is read any more, since the line is broken, the meter falls to its end", () => {
  const meter = makeMeter({ row });
  document.body.append(meter);
  meter.show([-6, -6], [-12, -12]);
  frames(25);
  drawn(meter.body);
  frames(1);
  assert.ok(heightAt(drawn(meter.body), 0, 0) > 50);
  frames(240); // four seconds: it falls by 24 dB in each
  const last = drawn(meter.body);
  assert.ok(heightAt(last.slice(last.lastIndexOf("fillRect 0 0 14 100")), 0, 0) === 0);
});
