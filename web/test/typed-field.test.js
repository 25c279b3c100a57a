// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { press, TABLE } from "./page.js";
import { makeTypedField } from "../parts/typed-field.js";

test("a field shows the value unless somebody types in it, and takes what is allowed", () => {
  let value = -6;
  const { body, show } = makeTypedField({
    row: TABLE.strip.fader, kind: "level", write: (each) => each.toFixed(1), value: () => value,
    onInput: (next) => {
      value = next;
    },
  });
  document.body.append(body);
  show(-6);
  assert.equal(body.value, "-6.0");
  body.focus();
  body.value = "-2";
  show(-9);
  assert.equal(body.value, "-2");
  press(body, "Enter");
  assert.deepEqual([value, body.value], [-2, "-2.0"]);
  body.value = "loud";
  press(body, "Enter");
  assert.equal(body.getAttribute("aria-invalid"), "true");
  body.blur();
  assert.deepEqual([body.value, body.getAttribute("aria-invalid")], ["-2.0", null]);
});

/** A field of a fader at -6 dB. */
function make() {
  /** @type {number[]} */
  const taken = [];
  /** @type {string[]} */
  const refused = [];
  const { body } = makeTypedField({ row: TABLE.strip.fader, kind: "level", write: (each) => each.toFixed(1), value: () => taken.at(-1) ?? -6, onInput: (next) => taken.push(next) });
  document.body.append(body);
  body.addEventListener("refused", (event) => refused.push(/** @type {any} */ (event).detail));
  body.value = "-6.0";
  body.focus();
  return { body, taken, refused };
}

test("who goes on to the next control has what was typed taken; Escape throws it away", () => {
  const { body, taken, refused } = make();
  body.value = "-20";
  body.blur();
  assert.deepEqual([taken, body.value, refused], [[-20], "-20.0", []]);
  body.focus();
  body.value = "-3";
  press(body, "Escape");
  assert.deepEqual([taken, body.value], [[-20], "-20.0"]);
  body.focus();
  body.blur();
  assert.deepEqual(taken, [-20]); // nothing was typed
});

test("what cannot be is said with what is allowed", () => {
  for (const wrong of ["abc", "1e999", "5 parsecs", "20", "Infinity", "∞", "0 %"]) {
    const { body, taken, refused } = make();
    body.value = wrong;
    press(body, "Enter");
    assert.deepEqual([taken, refused], [[], [`Fader cannot be “${wrong}”; allowed: ${TABLE.strip.fader.allowed}`]]);
    assert.equal(body.getAttribute("aria-invalid"), "true");
  }
  for (const silent of ["-inf", "−∞", "-oo dB"]) {
    const { body, taken } = make();
    body.value = silent;
    press(body, "Enter");
    assert.deepEqual(taken, [-120]);
  }
});

test("a listener's field is read only", () => {
  const { body } = makeTypedField({ row: TABLE.strip.fader, kind: "level", write: String, value: () => 0, onInput: () => {}, mayTurn: false });
  assert.equal(body.readOnly, true);
});
