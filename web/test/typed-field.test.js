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
