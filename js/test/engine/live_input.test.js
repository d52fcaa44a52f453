// Live sound in the render loop: its own sound and what is decoded from it come together.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LiveInput } from "../../src/engine/audio/hosts/live_input.js";
import { RenderLoop } from "../../src/engine/audio/hosts/render_loop.js";
import { readTake, replay } from "../../src/engine/audio/takes/take.js";
import { PebbleCodec, pebbleWeights } from "../../src/engine/codecs/pebble/codec.js";
import { readSafetensors } from "../../src/engine/io/safetensors.js";
import { PageRecording } from "../../src/widgets/sound/page_recording.js";
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

/**
 * Samples by which the second is late, and how well both fit then, from -1 to 1.
 * @param {Float32Array} one
 * @param {Float32Array} other
 */
function shift(one, other) {
  let best = { late: 0, fit: -1 };
  for (let late = -40; late <= 40; late++) {
    let [product, a, b] = [0, 0, 0];
    for (let i = 40; i < one.length - 40; i++) {
      product += one[i] * other[i + late];
      a += one[i] * one[i];
      b += other[i + late] * other[i + late];
    }
    const fit = product / Math.sqrt(a * b + 1e-20);
    if (fit > best.fit) best = { late, fit };
  }
  return best;
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

test("dry and wet come together: by cross-correlation both are late by the same number of samples", () => {
  const frames = 36;
  let seed = 3;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const input = new Float32Array(frames * 1024);
  for (let i = 0; i < input.length; i++) {
    input[i] = 0.2 * Math.sin(i * (0.03 + i * 2e-7)) * (1 + Math.sin(i * 0.0007)) + 0.02 * random();
  }
  // what pebble makes of it by itself: a frame's latents are heard where the frame was
  const encoder = codec.liveEncoder();
  assert.ok(encoder);
  const stream = codec.stream();
  const made = new Float32Array(input.length);
  for (let k = 0; k < frames; k++) {
    encoder.encode([input.subarray(k * 1024, (k + 1) * 1024)]);
    stream.begin(0, encoder.latents);
    const audio = new Float32Array(1024);
    for (let piece = 0; piece < stream.pieces; piece++) stream.piece(0, piece, [audio]);
    stream.advance();
    made.set(audio, k * 1024);
  }
  const [dry, wet] = [through(input, 0), through(input, 1)];
  const late = 2 * 1024 + dry.delay;
  const [from, to] = [8 * 1024, 32 * 1024];
  const fits = [
    shift(input.subarray(from, to), dry.output.subarray(from + late, to + late)),
    shift(made.subarray(from, to), wet.output.subarray(from + late, to + late)),
  ];
  for (const { late: more, fit } of fits) assert.ok(more === 0 && fit > 0.9, JSON.stringify(fits));
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

test("a rustle is mixed into what is heard from a frame on that is told, and what follows is whole", () => {
  const heard = Float32Array.from({ length: 24 * 1024 }, (_, i) => 0.3 * Math.sin(i * 0.05));
  /** @type {boolean[]} */ const probed = [];
  const play = (/** @type {number} */ at) => {
    const loop = new RenderLoop(codec, (message) => message.type === "live" && probed.push(message.probed));
    loop.take({ type: "listen", on: true });
    const changes = { "clip.sound": "live", "clip.modes": "keep", "clip.wet": 0 };
    loop.take({ type: "update", config: { changes }, arrays: {} });
    const output = new Float32Array(heard.length);
    for (let k = 0; k < heard.length; k += QUANTUM) {
      if (k === at) loop.take({ type: "probe", noise: new Float32Array(3000).fill(0.5) });
      loop.pull([output.subarray(k, k + QUANTUM)], [heard.subarray(k, k + QUANTUM)]);
    }
    return output;
  };
  const [whole, mixed] = [play(-1), play(8 * 1024 + QUANTUM)];
  const [from, to, ramp] = [9 * 1024, 9 * 1024 + 3000, 256];
  for (let i = 0; i < mixed.length; i++) {
    if (i < from || i >= to) assert.equal(mixed[i], whole[i]);
    else if (i >= from + ramp && i < to - ramp) assert.ok(Math.abs(mixed[i] - (whole[i] + 0.5) / 2) < 1e-6);
  }
  assert.deepEqual(
    probed.slice(-23).flatMap((begins, k) => (begins ? [k] : [])),
    [9],
  );
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

test("a take keeps what was heard live, where it was heard, and gives the same samples again", async () => {
  /** @type {any[]} */ const told = [];
  const loop = new RenderLoop(codec, (message) => told.push(message));
  const changes = { "clip.sound": "live", "clip.modes": "add", "clip.wet": 0.6 };
  loop.take({ type: "update", config: { changes }, arrays: {} });
  let at = 0;
  const play = (/** @type {number} */ quanta) => {
    for (let k = 0; k < quanta; k++) {
      const input = Float32Array.from({ length: QUANTUM }, () => 0.3 * Math.sin((at++) ** 1.1 * 0.02));
      loop.pull([new Float32Array(QUANTUM)], [input]);
    }
  };
  loop.take({ type: "listen", on: true });
  play(60);
  loop.take({ type: "record", recording: 1 });
  play(150);
  loop.take({ type: "listen", on: false });
  play(30);
  loop.take({ type: "listen", on: true });
  play(60);
  loop.take({ type: "stop recording", recording: 1 });
  const { take } = told.find(({ type }) => type === "take");
  const recording = new PageRecording(1);
  for (const { type, audio, live } of told) if (type === "recorded") recording.sound(audio, live);
  recording.end(take);
  const [wav, json, arrays] = recording.files();
  assert.equal(take.live.length, 2, "two parts, with nothing heard between");
  const sound = new Float32Array((await wav.arrayBuffer()).slice(44));
  const [again] = replay(readTake(await json.text(), new Uint8Array(await arrays.arrayBuffer())), codec);
  assert.ok(again.length === sound.length && sound.some((value) => Math.abs(value) > 0.1));
  assert.ok(sound.every((value, i) => Math.abs(value - again[i]) < 1e-6));
});
