// Live sound in the render loop: its own sound and what is decoded from it come together, and the page knows itself again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { RenderLoop } from "../../src/engine/audio/hosts/render_loop.js";
import { PebbleCodec, pebbleWeights } from "../../src/engine/codecs/pebble/codec.js";
import { readSafetensors } from "../../src/engine/io/safetensors.js";
import { FeedbackWatch } from "../../src/instrument/feedback.js";
import { WEIGHTS } from "./golden_takes.js";

const QUANTUM = 128;
const { tensors } = readSafetensors(readFileSync(WEIGHTS), (name) => !name.endsWith("num_batches_tracked"));
const codec = new PebbleCodec(pebbleWeights(tensors), pebbleWeights(tensors, "encoder."));

/**
 * What comes out while this goes in.
 * @param {Float32Array} input
 * @param {number} wet
 */
function through(input, wet) {
  const loop = new RenderLoop(codec, () => {});
  loop.take({ type: "listen", on: true });
  const changes = { "clip.sound": "live", "clip.modes": "keep", "clip.wet": wet };
  loop.take({ type: "update", config: { changes }, arrays: {} });
  const output = new Float32Array(input.length);
  for (let at = 0; at < input.length; at += QUANTUM) {
    loop.pull([output.subarray(at, at + QUANTUM)], [input.subarray(at, at + QUANTUM)]);
  }
  return { output, delay: loop.engine.delay };
}

/** Levels of pieces of a millisecond. @param {Float32Array} samples */
function onset(samples) {
  const largest = samples.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  return samples.findIndex((value) => Math.abs(value) > 0.1 * largest);
}

test("what is heard itself comes out whole, two frames and the limiter later, to the sample", () => {
  const input = new Float32Array(40 * 1024);
  for (let i = 0; i < input.length; i++) input[i] = 0.2 * Math.sin(i * 0.05) * Math.sin(i * 0.0007);
  const { output, delay } = through(input, 0);
  const late = 2 * 1024 + delay;
  let worst = 0;
  for (let i = 8 * 1024; i < input.length; i++) worst = Math.max(worst, Math.abs(output[i] - input[i - late]));
  assert.ok(worst < 5e-3, `${worst}`); // the filter against direct current moves it a little
});

test("a tone that begins within a frame begins in the decoded sound with that frame, beside the dry one", () => {
  const input = new Float32Array(40 * 1024);
  const start = 20 * 1024;
  for (let i = start; i < input.length; i++) input[i] = 0.3 * Math.sin((i - start) * 0.0627);
  const [dry, wet] = [onset(through(input, 0).output), onset(through(input, 1).output)];
  assert.ok(Math.abs(dry - wet) < 400, `${dry} and ${wet}`);
});

test("a page that hears itself is noticed, and one that hears something else is not", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const [delay, frame] = [3000, 1024];
  const played = Float32Array.from({ length: 64 * frame }, (_, i) => 0.1 * Math.sin(i * 0.06) + 0.05 * random());
  const other = Float32Array.from({ length: 64 * frame }, (_, i) => 0.1 * Math.sin(i * 0.06) + 0.05 * random());
  const found = (/** @type {(i: number) => number} */ heard) => {
    const watch = new FeedbackWatch();
    let times = 0;
    for (let at = 0; at < played.length; at += frame) {
      const input = Float32Array.from({ length: frame }, (_, i) => heard(at + i));
      times += Number(watch.take(input, played.subarray(at, at + frame)));
    }
    return { times, delay: watch.delay };
  };
  const own = found((i) => (i < delay ? 0 : 0.3 * played[i - delay]) + 0.01 * random());
  assert.ok(own.times >= 2 && own.delay === delay, JSON.stringify(own));
  assert.equal(found((i) => other[i]).times, 0);
});

test("samples that are no sound are left out, and what follows sounds", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, -1e30]) {
    const input = Float32Array.from({ length: 1024 * 16 }, (_, k) => 0.2 * Math.sin(k / 15));
    input[1024 * 4 + 5] = bad;
    const { output } = through(input, 0.5);
    assert.ok(output.every((value) => Number.isFinite(value) && Math.abs(value) <= 1));
    assert.ok(output.subarray(1024 * 13).some((value) => Math.abs(value) > 1e-3));
  }
});
