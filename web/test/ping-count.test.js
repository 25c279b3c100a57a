// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { element } from "../parts/dom.js";
import "./page.js";
import { readPings, takePings } from "../parts/ping-count.js";

test("whole numbers from 5 to 500 are taken, nothing else is", () => {
  for (const text of ["0", "-3", "abc", "100000", "2.5", "", "4", "501", "1e2"]) assert.equal(readPings(text), null, text);
  assert.deepEqual(["5", " 50 ", "500"].map(readPings), [5, 50, 500]);
});

test("a wrong number is marked and told with the range, until a right one comes", () => {
  const field = element("input", { value: "0" });
  document.body.append(field);
  /** @type {string[]} */
  const told = [];
  assert.equal(takePings(field, (text) => told.push(text)), null);
  assert.deepEqual([field.getAttribute("aria-invalid"), document.activeElement === field, told], ["true", true, ["Pings must be a whole number from 5 to 500."]]);
  field.value = "20";
  assert.equal(takePings(field, (text) => told.push(text)), 20);
  assert.deepEqual([field.hasAttribute("aria-invalid"), told.length], [false, 1]);
});
