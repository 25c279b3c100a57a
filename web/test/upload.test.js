// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { plainName, soundsOf } from "../parts/upload.js";

/** @param {string} name @param {string} [type] */
const file = (name, type = "") => /** @type {File} */ ({ name, type });

test("a strip is called as its file, without folder and ending", () => {
  assert.equal(plainName("mix/01_Lead vocal.wav"), "01 Lead vocal");
  assert.equal(plainName("a.b.flac"), "a.b");
  assert.equal(plainName("x".repeat(90)).length, 64);
});

test("of a folder the sounds are taken, in the order in which people number them", () => {
  const files = [file("10 bass.wav"), file("2 drums.mp3"), file("cover.jpg", "image/jpeg"), file("x", "audio/wav")];
  assert.deepEqual(soundsOf(files).map(({ name }) => name), ["2 drums.mp3", "10 bass.wav", "x"]);
});

test("what looks like no sound is sent nevertheless, since the server knows better", () => {
  assert.equal(soundsOf([file("notes.txt")]).length, 1);
});
