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
/** What the speaker of the kernel's sound says. @param {any} sound @param {string} state @param {number} peak */
const streams = (sound, state, peak) =>
  sound.stream.fromWorklet({ type: "report", stream: 1, rate: 44100, level: 0, mean: 0, lowest: 0, peak, state });

/** What the page's engine says. @param {boolean} silent */
const made = (silent) => ({
  type: "report",
  seconds: 0,
  silent,
  error: "",
  recordedSeconds: 0,
  positions: [],
  place: [],
  latents: [],
});

/** How loud each way is on its way to the loudspeaker: made here, and sent here. @param {any} sound */
function faders(sound) {
  /** @type {string[]} */ const log = [];
  for (const [name, fader] of [
    ["made", sound.engine.player.host?.fader],
    ["sent", sound.stream.speaker?.fader],
  ])
    if (fader) fader.to = (/** @type {number} */ level) => log.push(`${name} to ${level}`);
  return log;
}

/** Have what waits for a while happen now. @type {(() => void)[]} */
let later = [];
beforeEach(() => {
  later = [];
  Object.assign(/** @type {any} */ (globalThis).window, { setTimeout: (/** @type {any} */ act) => later.push(act) });
});

test("what is made in the page plays on until what the kernel makes is heard, and then the two fade across", async () => {
  const { sound, values, sent } = sounding(STREAM);
  await sound.turnOn();
  const node = NodeDouble.newest;
  await sound.choose("stream");
  assert.deepEqual(
    [values.output, sound.on, sound.engine.on, sound.stream.speaker !== null],
    ["stream", true, true, true],
  );
  const log = faders(sound);
  node?.say(made(false));
  streams(sound, "waiting", 0);
  assert.deepEqual(log, []);
  streams(sound, "playing", 0.1);
  streams(sound, "playing", 0.1);
  assert.deepEqual(log, ["made to 0", "sent to 1"]);
  later.at(-1)?.();
  assert.deepEqual([sound.on, sound.engine.on, sound.leaving, sent.at(-1)], [true, false, "", { type: "left" }]);
});

test("the kernel's stream plays on until what is made in the page is heard", async () => {
  const { sound, values } = sounding({ ...STREAM, output: "stream" });
  await sound.turnOn();
  streams(sound, "playing", 0.1);
  await sound.choose("page");
  assert.deepEqual([values.output, sound.engine.on, sound.stream.speaker !== null], ["page", true, true]);
  assert.ok(sound.stream.owner.playing(), "what still comes of it is played");
  const log = faders(sound);
  NodeDouble.newest?.say(made(true));
  assert.deepEqual(log, []);
  NodeDouble.newest?.say(made(false));
  assert.deepEqual(log, ["sent to 0", "made to 1"]);
  later.at(-1)?.();
  assert.deepEqual([sound.on, sound.engine.on, sound.stream.speaker], [true, true, null]);
});

test("what is made in the page begins without a sound where a sound card plays, until the kernel has faded that out", async () => {
  const { sound } = sounding({ ...STREAM, output: "device:one", sound_on: true });
  await sound.choose("page");
  assert.deepEqual(gains(), [0]);
  later.at(-1)?.(); // the kernel says nothing
  assert.deepEqual([gains(), sound.on], [[0, 1], true]);
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
