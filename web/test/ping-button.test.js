// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "./page.js";
import { makePingButton } from "../parts/ping-button.js";

test("the button begins a ping and cancels it, and what it found is shown once", async () => {
  let hold = true;
  const splitMs = { control: 1, wait: 3, render: 0, network: 1, ring: 15, output: 8 };
  /** @type {import("../parts/ping-button.js").Ping} */
  const ping = (say, signal) => new Promise((resolve, reject) => {
    say("1 of 3");
    signal.addEventListener("abort", () => reject(signal.reason));
    if (!hold) resolve({ measured: { kind: "sound", samplesMs: [19, 20, 24], splitMs, underruns: 0 }, about: "3 of 3 pings" });
  });
  const { button, said, found, showName } = makePingButton(ping);
  document.body.append(button, said, found);
  showName("Bass");
  assert.deepEqual([button.textContent, button.getAttribute("aria-label")], ["Ping", "Ping Bass"]);
  button.click();
  assert.deepEqual([button.textContent, button.getAttribute("aria-label"), said.textContent], ["Cancel", "Cancel the ping of Bass", "1 of 3"]);
  button.click();
  await settled();
  assert.deepEqual([button.textContent, said.textContent, found.hidden], ["Ping", "cancelled", true]);
  hold = false;
  for (let n = 0; n < 2; n++) {
    button.click();
    await settled();
  }
  assert.deepEqual([said.textContent, found.querySelectorAll(".card").length, found.hidden], ["median 20.0, p95 24.0 ms", 1, false]);
});
