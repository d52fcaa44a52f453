import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { writeSafetensors } from "../../src/engine/io/safetensors.js";
import { livePlayer } from "../../src/shared/live_players.js";
import { stateSentence } from "../../src/widgets/sound/sound_words.js";
import { ContextDouble, NodeDouble } from "../instrument/audio_double.js";
import { browserDouble, DECODER, sounding } from "./page_sound_double.js";

beforeEach(browserDouble);

test("a browser without AudioWorklet says so, and the sound stays off", async () => {
  ContextDouble.worklet = false;
  const { sound, values } = sounding();
  await sound.turnOn();
  assert.deepEqual([sound.on, values.sound_on, livePlayer("s")], [false, false, null]);
  assert.match(sound.note, /plain http/);
});

test("a worklet that throws ends the sound with a sentence, and a click brings it back", async () => {
  const { sound, values } = sounding();
  await sound.turnOn();
  assert.ok(sound.on && values.sound_on && livePlayer("s") === sound.engine);
  NodeDouble.newest?.say({ type: "fault", text: "TypeError" });
  assert.deepEqual([sound.on, values.sound_on, livePlayer("s")], [false, false, null]);
  assert.match(sound.note, /stopped because of an error \(TypeError\); turn it on again/);
  await sound.turnOn();
  assert.ok(sound.on && sound.note === "");
});

test("a kernel that finds that the codec cannot go into the page moves the click to its own way", async () => {
  const { sound, model } = sounding({ _decoder: new Uint8Array(0), rate: 44100, channels: 1, page_line: "" });
  Object.assign(globalThis, { Blob: class {}, URL: { createObjectURL: () => "", revokeObjectURL() {} } });
  const turning = sound.turnOn();
  assert.ok(sound.starting && model.get("sound_on"), "the kernel is asked by the switch itself");
  model.set("output", "stream");
  await turning;
  assert.ok(sound.on && sound.toPage && sound.stream.speaker && !sound.engine.on);
});

test("a view that takes over in this page ends the other one's sound at once", async () => {
  const [one, two] = [sounding(), sounding()];
  await one.sound.turnOn();
  await two.sound.turnOn();
  assert.deepEqual([one.sound.on, one.values.sound_on, two.sound.on], [false, false, true]);
  assert.equal(livePlayer("s"), two.sound.engine);
});

const MAPPING = {
  config: JSON.stringify({ assets: { mapping: { kind: "mapping", config: { kind: "constant", config: {} } } } }),
};
const LATENTS = { "mapping:of/latents": { shape: [8], data: new Float32Array(8) } };
const hand = (/** @type {number[]} */ place, down = true, number = 0) =>
  /** @type {any} */ ({ type: "hand", place, down, pressure: 1, hand: number, seconds: 0, course: "eased" });
const held = () =>
  (NodeDouble.newest?.told ?? []).filter(({ type, down }) => type === "hand" && down).map(({ place }) => place);

test("a hand that the kernel puts down before the sound is on sounds when it is, once and by every engine", async () => {
  const { sound, sent } = sounding({ _mapping: writeSafetensors(LATENTS, MAPPING) });
  const turning = sound.turnOn();
  sound.fromKernel(hand([0.1, 0.1]), []); // at once, while the audio thread is only being made
  sound.fromKernel(hand([0.2, 0.2], true, 1), []);
  sound.fromKernel(hand([0.2, 0.2], false, 1), []);
  await turning;
  assert.deepEqual(held(), [[0.1, 0.1]]);
  const before = NodeDouble.newest;
  sound.fromKernel(/** @type {any} */ ({ type: "trace", on: true }), []);
  await sound.engine.player.use(DECODER); // another codec
  assert.notEqual(NodeDouble.newest, before);
  assert.deepEqual(held(), [[0.1, 0.1]]);
  const part = { dims: 2, ended: true, places: new Float32Array(2), latents: new Float32Array(8) };
  before?.say({ type: "traced", ...part });
  assert.deepEqual([sent.at(-1).ended, NodeDouble.newest?.told.at(-1)], [false, { type: "trace", on: true }]);
  sound.turnOff("");
  await sound.turnOn();
  assert.deepEqual(held(), [], "the kernel tells again what is held");
});

test("a hand that rests on the plane sounds as soon as there is something to play, and not after a panic", async () => {
  const { sound, model } = sounding();
  await sound.turnOn();
  const live = /** @type {import("../../src/shared/live_players.js").LivePlayer} */ (livePlayer("s"));
  const trained = () => model.set("_mapping", writeSafetensors(LATENTS, MAPPING));
  assert.ok(!live.hand({ place: [0.3, 0.3], down: true }));
  trained();
  await Promise.resolve();
  assert.deepEqual(held(), [[0.3, 0.3]]);
  sound.panic();
  await sound.engine.player.use(DECODER);
  assert.deepEqual(held(), []);
});

test("after a panic moves of a pointer that hovers stay silent, and its press is the next touch, once", async () => {
  const { sound } = sounding({ _mapping: writeSafetensors(LATENTS, MAPPING) });
  await sound.turnOn();
  const { engine } = sound;
  const told = () => NodeDouble.newest?.told.splice(0).map(({ type, down }) => (type === "hand" ? down : type));
  engine.hand({ place: [0, 0], down: true });
  sound.panic();
  engine.hand({ place: [0.1, 0], down: true });
  assert.deepEqual(told()?.slice(-3), [true, "panic", true]);
  engine.hand({ place: [0.1, 0], down: true, press: true });
  assert.deepEqual(told(), [false, true]);
  engine.hand({ place: [0.1, 0], down: true, press: true });
  assert.deepEqual(told(), [true]);
});

/** @param {Record<string, any>} [more] @returns {any} What the audio thread reports. */
const report = (more = {}) => ({
  type: "report",
  seconds: 0,
  silent: false,
  error: "",
  recordedSeconds: 0,
  positions: [],
  place: [],
  latents: [],
  ...more,
});

/** The audio thread says that for seven seconds it has made 0.4 of what it plays. @param {import("../../src/widgets/sound/page_sound.js").PageSound} sound */
function tooSlow({ engine: { reports } }) {
  reports.clear();
  const began = performance.now() - 7000;
  for (let k = 0; k <= 140; k++) reports.take(report({ seconds: (0.4 * k) / 20, ownShare: 2.5 }), began + 50 * k);
  reports.kernel.answered();
  NodeDouble.newest?.say(report({ seconds: 2.8, ownShare: 2.5 }));
}

const afterwards = () => new Promise((resolve) => setTimeout(resolve));
const TOO_SLOW = /too slow to make the sound in this page; the kernel makes it/;

function streaming() {
  Object.assign(globalThis, { Blob: class {}, URL: { createObjectURL: () => "", revokeObjectURL() {} } });
  return sounding({ rate: 44100, channels: 1, page_line: "" });
}

test("a codec that is too heavy for this machine is handed to the kernel, which the panel says", async () => {
  const { sound, values } = streaming();
  await sound.turnOn();
  const { kernel } = sound.engine.reports;
  kernel.lose(true);
  tooSlow(sound);
  await afterwards();
  assert.equal(values.output, "page", "a kernel that is gone would make no sound at all");
  kernel.lose(false);
  tooSlow(sound);
  await afterwards();
  assert.deepEqual([values.output, values.too_slow, sound.on], ["stream", true, true]);
  assert.match(stateSentence(sound), TOO_SLOW);
});

test("that it is too heavy is said from the start, and until somebody chooses, whatever the kernel says meanwhile", async () => {
  const { sound, model } = streaming();
  await sound.turnOn();
  /** @type {(value?: any) => void} */ let open = () => {};
  ContextDouble.loading = new Promise((resolve) => {
    open = resolve; // an audio thread without time loads nothing
  });
  tooSlow(sound);
  await afterwards();
  assert.match(stateSentence(sound), TOO_SLOW);
  ContextDouble.loading = Promise.resolve();
  open();
  await afterwards();
  const { speaker } = sound.stream;
  assert.ok(speaker && sound.toPage);
  model.set("output", "page"); // said before it heard of the choice
  tooSlow(sound);
  model.set("output", "stream");
  await afterwards();
  assert.equal(sound.stream.speaker, speaker);
  assert.match(stateSentence(sound), TOO_SLOW);
  sound.handedOver();
  assert.match(stateSentence(sound), TOO_SLOW);
  await sound.choose("page");
  assert.doesNotMatch(stateSentence(sound), TOO_SLOW);
  assert.equal(model.get("too_slow"), false, "this one was chosen");
});

test("a way of the kernel's that cannot be opened leaves the sound here with the reason, and is tried again later", async () => {
  const { sound, values } = streaming();
  await sound.turnOn();
  let tries = 0;
  sound.stream.make = async () => {
    tries += 1;
    throw new Error("No more contexts.");
  };
  for (let k = 0; k < 2; k++) {
    tooSlow(sound);
    await afterwards();
    assert.deepEqual([values.output, sound.on, stateSentence(sound)], ["page", true, "No more contexts."]);
    NodeDouble.newest?.say(report({ seconds: 2.9, ownShare: 2.5 })); // the next of ten a second
    await afterwards();
    assert.equal(tries, k + 1);
  }
});

test("a context that the browser has paused, as where the device has gone, is said to be, and goes on by a click", async () => {
  const { sound } = sounding();
  await sound.turnOn();
  const { context } = /** @type {any} */ (sound.engine.player.host);
  for (const state of ["suspended", "interrupted"]) {
    context.state = state;
    context.onstatechange();
    assert.ok(sound.on && sound.paused);
    assert.equal(stateSentence(sound), "The browser has paused the sound.");
  }
  context.resume = async () => {
    context.state = "running";
  };
  sound.resume();
  assert.ok(!sound.paused);
});

test("in a hidden tab, which draws no frames, hands are played and the kernel hears of it", async () => {
  const { sound, sent } = sounding({ _mapping: writeSafetensors(LATENTS, MAPPING) });
  Object.assign(/** @type {any} */ (globalThis).document, { hidden: true });
  Object.assign(globalThis, { requestAnimationFrame: () => 0 });
  await sound.turnOn();
  assert.ok(livePlayer("s")?.hand({ place: [0.4, 0.4], down: true }));
  assert.deepEqual(held(), [[0.4, 0.4]]);
  NodeDouble.newest?.say(report());
  assert.equal(sent.at(-1).type, "heard");
});

test("what the kernel tells the engine reaches it, and a gesture of a view is played once", async () => {
  const { sound, sent } = sounding();
  await sound.turnOn();
  const node = /** @type {NodeDouble} */ (NodeDouble.newest);
  sound.fromKernel(/** @type {any} */ ({ type: "hand", place: [0, 0], down: false, pressure: 1, hand: 0 }), []);
  sound.fromKernel(/** @type {any} */ ({ type: "hush" }), []);
  assert.deepEqual(
    node.told.map(({ type }) => type),
    ["hand", "panic"],
  );
  assert.equal(livePlayer("s")?.hand({ place: [0, 0], down: true }), false, "there is nothing to play");
  sound.panic();
  assert.deepEqual(sent.at(-1), { type: "panic" });
  assert.equal(node.told.at(-1).type, "panic");
});

test("what this page changed stays until the kernel's answer can be about it, and is taken back where that is refused", async (context) => {
  const AMOUNT = "modulators.amount";
  const { sound, model } = sounding({ _patch: { [AMOUNT]: 1 } });
  let now = 10_000;
  context.mock.method(performance, "now", () => now);
  const change = (/** @type {number} */ value) => {
    sound.engine.player.change({ [AMOUNT]: value });
    sound.engine.keepChanges({ [AMOUNT]: value });
  };
  const answer = async (/** @type {any} */ patch) => {
    model.set("_patch", patch);
    await Promise.resolve();
    return sound.engine.patch;
  };
  change(0.5);
  assert.deepEqual(
    await answer({ [AMOUNT]: 0.9, wet: 0.3 }),
    { [AMOUNT]: 0.5, wet: 0.3 },
    "an earlier place of the thumb",
  );
  now += 900;
  assert.equal((await answer({ [AMOUNT]: 0.7 }))[AMOUNT], 0.7, "undo, say");
  change(0.2);
  sound.fromKernel({ type: "refused" }, []);
  assert.equal(sound.engine.patch[AMOUNT], 0.7);
});

test("panic without a kernel's line is silence, is shown, and a press sounds again", async () => {
  const { sound, model } = sounding({ _mapping: { config: "{}" } });
  await sound.turnOn();
  model.send = () => {
    throw new Error("Cannot send");
  };
  sound.engine.hand({ place: [0, 0], down: true });
  let shown = 0;
  sound.views.add(() => shown++);
  sound.panic();
  assert.ok(shown > 0, "the views hear of it");
  NodeDouble.newest?.say({ type: "report", error: "", silent: true, seconds: 1 });
  assert.match(stateSentence(sound), /^Silent: press on the plane/);
  sound.engine.hand({ place: [0, 0], down: true, press: true });
  assert.doesNotMatch(stateSentence(sound), /^Silent/);
});
