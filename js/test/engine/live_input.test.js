// Live sound in the render loop: its own sound and what is decoded from it come together, and the page knows itself again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LiveInput } from "../../src/engine/audio/hosts/live_input.js";
import { RenderLoop } from "../../src/engine/audio/hosts/render_loop.js";
import { PebbleCodec, pebbleWeights } from "../../src/engine/codecs/pebble/codec.js";
import { readSafetensors } from "../../src/engine/io/safetensors.js";
import { FeedbackWatch } from "../../src/instrument/feedback.js";
import { LiveEar } from "../../src/instrument/live_sound.js";
import { WEIGHTS } from "./golden_takes.js";

const QUANTUM = 128;
const { tensors } = readSafetensors(readFileSync(WEIGHTS), (name) => !name.endsWith("num_batches_tracked"));
const codec = new PebbleCodec(pebbleWeights(tensors), pebbleWeights(tensors, "encoder."));

/**
 * What comes out while this goes in.
 * @param {Float32Array} input
 * @param {number} wet
 * @param {(message: any) => void} told Takes what the loop tells the page.
 */
function through(input, wet, told = () => {}) {
  const loop = new RenderLoop(codec, told);
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

test("what is heard itself waits as long as the codec is late", () => {
  const encoder = codec.liveEncoder();
  assert.ok(encoder);
  const [delay, frames] = [1300, 6];
  const live = new LiveInput(encoder, { ...codec.info, delay });
  const input = Float32Array.from({ length: frames * 1024 }, (_, i) => Math.sin(i * 0.3));
  const dry = new Float32Array(input.length);
  live.turn();
  for (let k = 0; k < frames; k++) {
    live.collect([input], k * 1024, 0, 1024);
    live.turn();
    dry.set(live.next()?.audio[0] ?? [], k * 1024);
  }
  for (let i = 0; i < dry.length; i++) assert.equal(dry[i], i < delay ? 0 : input[i - delay]);
});

test("a page that hears itself is noticed, and one that hears something else is not", () => {
  let seed = 1;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const [delay, frame] = [3000, 1024];
  const played = Float32Array.from({ length: 140 * frame }, (_, i) => 0.1 * Math.sin(i * 0.06) + 0.05 * random());
  const other = Float32Array.from({ length: 140 * frame }, (_, i) => 0.1 * Math.sin(i * 0.06) + 0.05 * random());
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
  assert.ok(own.times >= 1 && own.delay === delay, JSON.stringify(own));
  assert.equal(found((i) => other[i]).times, 0);
});

test("drums and clicks with silence between them are not taken for the page itself, whatever is mixed", () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const click = Float32Array.from({ length: 300 }, (_, i) => random() * (1 - i / 300));
  const input = new Float32Array(44100 * 4);
  for (let at = 4000, k = 0; at < input.length - 20_000; at += 15_000 + Math.floor(4000 * random()), k++) {
    for (let i = 0; i < 300; i++) input[at + i] += click[i];
    for (let i = 0; i < 9000; i++)
      input[at + 7000 + i] += 0.4 * Math.sin(i * 0.02 * (1 + (k % 5))) * Math.exp(-i / 2000);
  }
  for (const wet of [0, 0.5]) {
    const ear = new LiveEar(true);
    through(input, wet, (message) => message.type === "live" && ear.take(message.input, message.output));
    assert.equal(ear.feedsBack, false);
  }
});

test("what was heard before it was turned off is not heard when something is listened to again", () => {
  const heard = Float32Array.from({ length: 20 * 1024 }, (_, i) => 0.3 * Math.sin(i * 0.05));
  const loop = new RenderLoop(codec, () => {});
  loop.take({
    type: "update",
    config: { changes: { "clip.sound": "live", "clip.modes": "keep", "clip.wet": 0 } },
    arrays: {},
  });
  const output = new Float32Array(QUANTUM);
  const play = (/** @type {Float32Array} */ input) => {
    let peak = 0;
    for (let at = 0; at < input.length; at += QUANTUM) {
      loop.pull([output], [input.subarray(at, at + QUANTUM)]);
      for (const value of output) peak = Math.max(peak, Math.abs(value));
    }
    return peak;
  };
  const silence = new Float32Array(20 * 1024);
  loop.take({ type: "listen", on: true });
  assert.ok(play(heard) > 0.1);
  loop.take({ type: "listen", on: false });
  play(silence);
  loop.take({ type: "listen", on: true });
  assert.ok(play(silence) < 1e-3);
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
