// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, frames } from "./page.js";
import { makeDrawing } from "../parts/drawing.js";

test("a drawing is painted when something of it is new, and again while it moves", () => {
  let paints = 0;
  const drawing = makeDrawing({ class: "test" }, (context, width, height) => {
    context.fillRect(0, 0, width, height);
    return ++paints < 3;
  });
  document.body.append(drawing.body);
  frames(10);
  assert.equal(paints, 3);
  assert.deepEqual(drawn(drawing.body).slice(0, 2), ["clearRect 0 0 200 100", "fillRect 0 0 200 100"]);
  drawing.refresh();
  frames(10);
  assert.equal(paints, 4);
});
