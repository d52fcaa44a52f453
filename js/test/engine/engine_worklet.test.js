import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";

import { warmUp } from "../../src/engine/audio/hosts/warm_up.js";
import { codecFrom, readCodec } from "../../src/engine/codecs/loading.js";
import { readSafetensors, writeSafetensors } from "../../src/engine/io/safetensors.js";
import { WEIGHTS } from "./golden_takes.js";

const weights = readSafetensors(readFileSync(WEIGHTS), (name) => name.startsWith("decoder."));
const PACKED = readCodec(writeSafetensors(weights.tensors, weights.metadata));

const RATE = 44100;
const QUANTUM = 128;
const MAPPING = {
  type: "update",
  config: { assets: { mapping: { kind: "mapping", config: { kind: "constant", config: { control_dim: 2 } } } } },
  arrays: { "mapping:of/latents": { shape: [8], data: Float32Array.from([0, 1, 0, 0, 0, 0, 0, 0]) } },
};

/** A double of what the audio thread has: a processor's port keeps what is told. */
class ProcessorDouble {
  /** @type {any[]} */ told = [];
  /** @type {any} */ port = { onmessage: null, postMessage: (/** @type {any} */ message) => this.told.push(message) };
}

/** @type {any} */ let Engine;
/** @type {any} */ const thread = globalThis;

before(async () => {
  const registerProcessor = (/** @type {string} */ _name, /** @type {any} */ kind) => {
    Engine = kind;
  };
  Object.assign(thread, { AudioWorkletProcessor: ProcessorDouble, registerProcessor });
  Object.assign(thread, { sampleRate: RATE, currentFrame: 0 });
  await import("../../src/engine/engine_worklet.js");
});

/** An engine in an audio thread of this rate whose hand is down, and how it plays. @param {number} rate */
function playing(rate) {
  Object.assign(thread, { sampleRate: rate, currentFrame: 0 });
  const engine = new Engine({ processorOptions: { codec: PACKED } });
  const out = [new Float32Array(QUANTUM)];
  engine.take(MAPPING);
  engine.take({ type: "hand", place: [0, 0], down: true });
  const play = (/** @type {number} */ seconds) => {
    const heard = [];
    for (let k = 0; k < (seconds * rate) / QUANTUM; k++) {
      engine.process([], [out]);
      thread.currentFrame += QUANTUM;
      heard.push(...out[0]);
    }
    return heard;
  };
  return { engine, play };
}

/** Hz of the strongest period between 50 and 1000 Hz. @param {number[]} heard @param {number} rate */
function pitch(heard, rate) {
  const part = heard.slice(-Math.round(0.2 * rate));
  let [best, most] = [0, 0];
  for (let lag = Math.ceil(rate / 1000); lag < rate / 50; lag++) {
    let sum = 0;
    for (let i = lag; i < part.length; i++) sum += part[i] * part[i - lag];
    if (sum / (part.length - lag) > 1.02 * most) [best, most] = [lag, sum / (part.length - lag)];
  }
  return rate / best;
}

test("where the device has another rate than the codec it sounds as high and as loud", () => {
  const [own, other] = [playing(RATE).play(0.6), playing(48000).play(0.6)];
  const loud = (/** @type {number[]} */ heard, /** @type {number} */ rate) =>
    Math.sqrt(heard.slice(-Math.round(0.2 * rate)).reduce((sum, value) => sum + value * value, 0) / (0.2 * rate));
  assert.ok(loud(own, RATE) > 0.001);
  assert.ok(Math.abs(loud(other, 48000) / loud(own, RATE) - 1) < 0.05);
  assert.ok(Math.abs(pitch(other, 48000) / pitch(own, RATE) - 1) < 0.02, `${pitch(other, 48000)} ${pitch(own, RATE)}`);
});

test("an engine that throws is silent within 20 ms, without a click, and says so once", () => {
  const { engine, play } = playing(RATE);
  const before = play(0.3);
  engine.loop.pull = () => {
    throw new RangeError("broken");
  };
  const after = play(0.1);
  const step = (/** @type {number[]} */ of) =>
    of.reduce((most, value, i) => (i ? Math.max(most, Math.abs(value - of[i - 1])) : 0), 0);
  assert.ok(step([before[before.length - 1], ...after]) <= Math.max(step(before), Math.abs(before[before.length - 1])));
  assert.ok(after.slice(Math.round(0.02 * RATE)).every((value) => value === 0));
  const faults = engine.told.filter((/** @type {any} */ { type }) => type === "fault");
  assert.deepEqual(faults, [{ type: "fault", text: "RangeError: broken" }]);
  engine.take({ type: "hand", place: [0, 0], down: true }); // and hears on, as for the end of a recording
});

test("quanta that the browser leaves out are counted", () => {
  const { engine, play } = playing(RATE);
  play(0.05);
  thread.currentFrame += 3 * QUANTUM;
  play(0.05);
  assert.deepEqual(
    engine.told.filter((/** @type {any} */ { type }) => type === "dry"),
    [{ type: "dry", quanta: 3 }],
  );
});

test("a browser that compiles slowly warms up for a quarter of a second, not for all its frames", (context) => {
  const framesIn = (/** @type {number} */ msEach) => {
    const codec = codecFrom(PACKED);
    const stream = codec.stream();
    const begin = stream.begin.bind(stream);
    let [frames, now] = [0, 0];
    stream.begin = (row, latents) => {
      frames++;
      now += msEach;
      begin(row, latents);
    };
    codec.stream = () => stream;
    const clock = context.mock.method(Date, "now", () => now);
    warmUp(codec);
    clock.mock.restore();
    return frames;
  };
  assert.deepEqual([framesIn(1), framesIn(10), framesIn(100)], [59, 25, 11]); // one less: the first is silent
});
