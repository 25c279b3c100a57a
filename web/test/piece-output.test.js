// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, FakeSession, find, frames, press, TABLE } from "./page.js";
import { makePieceOutput } from "../parts/piece-output.js";
import { Wiring } from "../parts/wiring.js";

function make(role = "performer") {
  const session = /** @type {any} */ (new FakeSession());
  session.role = role;
  session.state.strips = [{ id: "out1", name: "Out 1" }, { id: "out2", name: "Out 2" }];
  Object.assign(session.state.values, { "master/fader": 0, "strip/out1/mute": false, "strip/out2/mute": false });
  let began = 0;
  const { body, show } = makePieceOutput({ session, wiring: new Wiring(session, () => {}), table: TABLE, again: () => void began++ });
  document.body.append(body);
  const [mute, begin] = [...body.querySelectorAll("button")];
  return { session, body, show, mute, begin, began: () => began };
}

test("its level is seen and turned", () => {
  const { session, body } = make();
  const meter = find(body, "canvas");
  drawn(meter);
  session.tell("meters", { channels: {}, auxes: {}, master: { peak: [-6, -6], rms: [-9, -9], limiter_db: 0 } });
  frames(2);
  assert.ok(drawn(meter).length > 0);
  press(find(body, '[role="slider"]'), "End");
  frames();
  assert.equal(session.sent.at(-1).address, "master/fader");
});

test("mute silences every strip, and is on when all are, whoever did it", () => {
  const { session, mute } = make();
  session.turned("strip/out1/mute", true);
  frames(60);
  assert.equal(mute.getAttribute("aria-pressed"), "false");
  mute.click();
  const values = () => ["strip/out1/mute", "strip/out2/mute"].map((address) => session.state.values[address]);
  assert.deepEqual([values(), mute.getAttribute("aria-pressed")], [[true, true], "true"]);
  mute.click();
  frames();
  assert.deepEqual([values(), mute.getAttribute("aria-pressed")], [[false, false], "false"]);
});

test("what plays is stopped for its beginning after a second press only, what has ended plays again at once", () => {
  const { begin, began, show } = make();
  begin.click();
  assert.deepEqual([began(), begin.textContent], [0, "Stop and begin again?"]);
  begin.click();
  assert.equal(began(), 1);
  show(true);
  begin.click();
  assert.deepEqual([began(), begin.textContent], [2, "Play from the beginning"]);
});

test("a listener only looks", () => {
  const { mute, begin } = make("listener");
  assert.deepEqual([mute, begin].map((each) => each.hasAttribute("disabled")), [true, true]);
});
