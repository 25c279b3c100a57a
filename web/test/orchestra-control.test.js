// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { find, frames, press } from "./page.js";
import { makeOrchestraControl } from "../parts/orchestra-control.js";

/** @param {any} control */
function make(control) {
  /** @type {any[]} */
  const sent = [];
  const { body, show } = makeOrchestraControl(control, (item) => sent.push(item));
  document.body.append(body);
  return { sent, body, show };
}

const PITCH = { name: "gkPitch", type: "f", minimum: 100, maximum: 4000, default: 440, law: "log" };

test("a slider has its name, range and value for those who do not see it, and sends what keys do", () => {
  const { sent, body } = make({ label: "/tone/pitch", host: "osc-7701", address: "/tone/pitch", arguments: [PITCH] });
  const slider = find(body, "[role=slider]");
  const said = ["aria-label", "aria-valuemin", "aria-valuemax", "aria-valuenow", "aria-valuetext"].map((name) => slider.getAttribute(name));
  assert.deepEqual(said, ["/tone/pitch", "100", "4000", "440", "440"]);
  press(slider, "End");
  frames(1);
  assert.deepEqual(sent, [["osc-7701", "/tone/pitch", "f", 4000]]);
  assert.equal(find(body, "input").value, "4000");
});

test("what is typed is sent if it is allowed, and marked if not", () => {
  const { sent, body } = make({ label: "level", host: "channels", address: "/channel/level", arguments: [{ name: "level", maximum: 0.02 }] });
  const field = find(body, "input");
  assert.equal(field.getAttribute("aria-label"), "level, typed");
  field.focus();
  field.value = "0.5";
  press(field, "Enter");
  assert.equal(field.getAttribute("aria-invalid"), "true");
  field.value = "0.0125";
  press(field, "Enter");
  frames(1);
  assert.deepEqual(sent, [["channels", "/channel/level", "f", 0.0125]]);
});

test("all numbers of a message go together, whole ones whole", () => {
  const { sent, body } = make({
    label: "/note", host: "osc-1", address: "/note",
    arguments: [{ name: "iKey", type: "i", minimum: 0, maximum: 127, default: 60, whole: true }, { ...PITCH, type: "d" }],
  });
  const labels = [...body.querySelectorAll("[role=slider]")].map((each) => each.getAttribute("aria-label"));
  assert.deepEqual(labels, ["/note iKey", "/note gkPitch"]);
  press(find(body, "[role=slider]"), "ArrowUp"); // a fiftieth of the way: 62.54
  frames(1);
  assert.deepEqual(sent, [["osc-1", "/note", "i", 63, "d", 440]]);
});

test("what the piece was told by others is shown, sent with the next move, and gone when the piece begins anew", () => {
  const { sent, body, show } = make({ label: "/f", host: "osc-1", address: "/f", arguments: [PITCH, { name: "q", maximum: 10 }] });
  const [pitch, q] = body.querySelectorAll("[role=slider]");
  const shown = () => [pitch, q].map((each) => Number(each.getAttribute("aria-valuenow")));
  show([2000, 4]);
  assert.deepEqual([shown(), sent], [[2000, 4], []]);
  press(q, "End");
  frames(1);
  assert.deepEqual(sent, [["osc-1", "/f", "f", 2000, "f", 10]]);
  show([2000, 4]); // the server has not heard of it yet
  assert.deepEqual(shown(), [2000, 10]);
  frames(150); // 2.5 s
  show([1000, 3]);
  assert.deepEqual(shown(), [1000, 3]);
  show(undefined);
  assert.deepEqual(shown(), [440, 0]);
});

test("a message without numbers is a button", () => {
  const { sent, body } = make({ label: "/tone/bell", host: "osc-1", address: "/tone/bell", arguments: [] });
  find(body, "button").click();
  assert.deepEqual(sent, [["osc-1", "/tone/bell"]]);
});
