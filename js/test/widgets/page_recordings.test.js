// Recordings, as the page keeps them and tells the kernel of them.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { NodeDouble } from "../instrument/audio_double.js";
import { browserDouble, sounding } from "./page_sound_double.js";

beforeEach(browserDouble);

/** The audio thread has recorded a frame. */
function recorded() {
  const take = { codec: "pebble", sampleRate: 44100, ratio: 1024, dims: 2, places: [[0, 0]], fingers: {} };
  NodeDouble.newest?.say({ type: "recorded", recording: 1, audio: [new Float32Array(1024)], live: [] });
  NodeDouble.newest?.say({
    type: "take",
    recording: 1,
    take: { ...take, live: [], strokes: [], settings: {}, assets: {}, updates: [] },
  });
}

/** A browser that saves files while there is room: their kinds, as they come. */
function downloads() {
  const browser = { room: true, saved: /** @type {string[]} */ ([]) };
  const createObjectURL = () => {
    if (!browser.room) throw new DOMException("no room", "QuotaExceededError");
    return "blob:";
  };
  Object.assign(globalThis, { URL: { createObjectURL, revokeObjectURL() {} } });
  /** @type {any} */ (globalThis).document.createElement = () => ({
    download: "",
    click() {
      browser.saved.push(this.download.split(".")[1]);
    },
  });
  return browser;
}

test("what is told of a recording is numbered, so that a kernel of several threads puts it in order", async () => {
  const { sound, sent, model } = sounding();
  await sound.turnOn();
  sound.engine.record(1, true);
  const send = model.send;
  model.send = () => {
    throw new Error("the line is closed");
  };
  recorded();
  model.send = send;
  sound.engine.record(1, true);
  recorded();
  const told = sent.filter(({ type }) => type === "recorded" || type === "take");
  assert.deepEqual(
    told.map(({ type, order, teller }) => [type, order, teller]),
    [
      ["recorded", 0, sound.engine.teller],
      ["take", 1, sound.engine.teller],
    ],
  );
});

test("a take that the kernel could not write is offered until the browser has had room for it", async () => {
  const { sound } = sounding();
  await sound.turnOn();
  const { engine } = sound;
  const told = (/** @type {any} */ message) => sound.fromKernel(message, []);
  told({ type: "record", on: true, recording: 1 });
  recorded();
  assert.ok(!engine.stranded, "the kernel is at it");
  told({ type: "written", recording: 1, problem: "recording stopped: no space left" });
  assert.ok(engine.stranded);
  const browser = downloads();
  const { saved } = browser;
  browser.room = false;
  engine.download();
  assert.ok(engine.stranded && saved.length === 0);
  assert.match(sound.note, /could not be saved .*no room/);
  browser.room = true;
  engine.download();
  assert.deepEqual(saved, ["wav", "json", "safetensors"]);
  told({ type: "record", on: true, recording: 2 });
  assert.ok(!engine.stranded, "a new one");
  told({ type: "written", recording: 2, problem: "" });
  assert.equal(engine.recordings.size, 0);
});

test("a take whose kernel is gone is saved by the browser when the last view goes, with what was still to come", async () => {
  const { sound } = sounding();
  await sound.turnOn();
  sound.fromKernel(/** @type {any} */ ({ type: "record", on: true, recording: 1 }), []);
  sound.engine.reports.kernel.lose(true);
  const { saved } = downloads();
  sound.turnOff("");
  sound.engine.unseen();
  assert.deepEqual(saved, [], "it is not whole");
  recorded();
  assert.deepEqual([saved, sound.engine.recordings.size], [["wav", "json", "safetensors"], 0]);
});
