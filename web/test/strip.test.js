// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, makePart } from "./page.js";
import { makeStrip } from "../parts/strip.js";

function make(unfolded = false) {
  const made = makePart();
  /** @type {any[]} */
  const folds = [];
  /** @type {any[]} */
  const wishes = [];
  let panels = 0;
  const makePanel = () => {
    panels++;
    return { body: document.createElement("div") };
  };
  const strip = makeStrip({
    part: made.part, kind: "Group", colour: "#112233", level: "fader", glance: document.createElement("i"), makePanel, unfolded,
    onFold: (open) => folds.push(open), describe: (wish) => wishes.push(wish),
  });
  document.body.append(strip.body);
  return { ...made, strip, folds, wishes, panels: () => panels };
}

test("a folded strip has no panel; unfolded it has one, which is made once and remembered", () => {
  const { strip, folds, panels } = make();
  const unfold = find(strip.body, ".unfold");
  assert.deepEqual([panels(), unfold.getAttribute("aria-expanded")], [0, "false"]);
  for (let n = 0; n < 3; n++) unfold.click();
  assert.deepEqual([panels(), folds, unfold.getAttribute("aria-expanded")], [1, [true, false, true], "true"]);
});

test("a double click on the name unfolds it where the name can be written", () => {
  const { strip, wishes } = make();
  find(strip.body, "h2").dispatchEvent(new MouseEvent("dblclick"));
  const field = find(strip.body, ".label-name");
  field.value = "Bass";
  field.dispatchEvent(new Event("blur"));
  assert.deepEqual(wishes, [{ name: "Bass" }]);
});

test("name, colour and silence are seen", () => {
  const { strip, session, wiring } = make(true);
  assert.equal(strip.body.style.getPropertyValue("--colour"), "#112233");
  strip.showColour("");
  assert.equal(strip.body.style.getPropertyValue("--colour"), "var(--edge-strong)");
  wiring.rename([["strip/1", "Bass"]]);
  assert.deepEqual([strip.body.getAttribute("aria-label"), find(strip.body, "h2").textContent], ["Bass", "BassGroup"]);
  session.turned("strip/1/mute", true);
  assert.ok(strip.body.classList.contains("silent"));
});
