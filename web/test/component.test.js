// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { makePart } from "./page.js";
import { Component, Control, partAt } from "../parts/component.js";

/** @type {any} */
const desk = { part: (/** @type {string} */ owner) => (owner === "strip/1" || owner === "aux/1" ? makePart().part : { owner, rows: {} }), session: { sessionName: "Test" } };

test("an address is an owner's and a parameter's, which may hold a slash itself", () => {
  assert.equal(partAt(desk, "strip/1/pan").parameter, "pan");
  for (const wrong of ["", "strip", "strip/1", "strip/1/", "/strip/1/pan", "master/", "strip/1/pan/2"]) assert.throws(() => partAt(desk, wrong), Error, wrong);
});

test("what does not say how it stands in HTML does not stand there", () => {
  customElements.define("tel-nothing", class extends Component {});
  customElements.define("tel-no-control", class extends Control {});
  for (const tag of ["tel-nothing", "tel-no-control"]) {
    const made = /** @type {any} */ (document.createElement(tag));
    made.setAttribute("address", "strip/1/pan");
    assert.throws(() => made.stand(desk), /it cannot/);
  }
});
