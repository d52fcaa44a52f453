import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { NodeDouble } from "../instrument/audio_double.js";
import { browserDouble, DECODER, sounding } from "./page_sound_double.js";

beforeEach(() => {
  browserDouble();
  Object.assign(globalThis, { Blob: class {}, URL: { createObjectURL: () => "", revokeObjectURL() {} } });
});

const STREAM = { rate: 44100, channels: 1, page_line: "" };
const told = (/** @type {any} */ sound, /** @type {any} */ message) => sound.fromKernel(message, []);
const gains = () => (NodeDouble.newest?.told ?? []).filter(({ type }) => type === "gain").map(({ gain }) => gain);
/** What the speaker of the kernel's sound says. @param {any} sound @param {string} state */
const streams = (sound, state) =>
  sound.stream.fromWorklet({ type: "report", stream: 1, rate: 44100, level: 0, mean: 0, lowest: 0, peak: 0, state });

test("what is made in the page plays on until the kernel says that what it makes is heard", async () => {
  const { sound, values } = sounding(STREAM);
  await sound.turnOn();
  const node = NodeDouble.newest;
  await sound.choose("stream");
  assert.deepEqual(
    [values.output, sound.on, sound.engine.on, sound.stream.speaker !== null],
    ["stream", true, true, true],
  );
  told(sound, { type: "gain", gain: 0.5 });
  assert.deepEqual(node?.told.at(-1), { type: "gain", gain: 0.5 }, "the kernel fades it out");
  told(sound, { type: "hush" });
  assert.deepEqual([sound.on, sound.engine.on, sound.leaving], [true, false, ""]);
});

test("the kernel's stream plays on until it ends, and what is made in the page begins without a sound", async () => {
  const { sound, values } = sounding({ ...STREAM, output: "stream" });
  await sound.turnOn();
  await sound.choose("page");
  assert.deepEqual([values.output, sound.engine.on, sound.stream.speaker !== null], ["page", true, true]);
  assert.deepEqual(gains(), [0]);
  assert.ok(sound.stream.owner.playing(), "what still comes of it is played");
  told(sound, { type: "gain", gain: 1 });
  streams(sound, "playing");
  assert.ok(sound.stream.speaker);
  streams(sound, "off");
  assert.deepEqual([sound.on, sound.engine.on, sound.stream.speaker, gains()], [true, true, null, [0, 1]]);
});

test("for a sound card the page plays on, too, and is then only its remote control", async () => {
  const { sound, values } = sounding(STREAM);
  await sound.turnOn();
  await sound.choose("device:one");
  assert.deepEqual([values.output, sound.on, sound.engine.on], ["device:one", true, true]);
  told(sound, { type: "hush" });
  assert.deepEqual([sound.on, sound.engine.on, sound.playing, values.sound_on], [true, false, false, true]);
});

test("a page that has no decoder yet asks the kernel for it by the choice itself", async () => {
  const { sound, model, values } = sounding({ ...STREAM, output: "stream", _decoder: new Uint8Array(0) });
  await sound.turnOn();
  const choosing = sound.choose("page");
  assert.deepEqual([values.output, sound.stream.speaker !== null], ["page", true]);
  model.set("_decoder", DECODER);
  await choosing;
  assert.ok(sound.engine.on && sound.playing);
});

test("a sound that is turned off meanwhile stays off, both ways", async () => {
  const { sound, values } = sounding(STREAM);
  await sound.turnOn();
  const choosing = sound.choose("stream");
  sound.turnOff("");
  await choosing;
  assert.deepEqual([sound.on, sound.engine.on, sound.stream.speaker, values.sound_on], [false, false, null, false]);
});
