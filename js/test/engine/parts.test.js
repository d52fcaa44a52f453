import assert from "node:assert/strict";
import test from "node:test";
import { Engine } from "../../src/engine/audio/engine/engine.js";
import { DCBlock } from "../../src/engine/audio/engine/output/dc_block.js";
import { Gain } from "../../src/engine/audio/engine/output/gain.js";
import { CEILING, Limiter } from "../../src/engine/audio/engine/output/limiter.js";
import { Transport } from "../../src/engine/audio/engine/sources/playhead.js";
import { Patch } from "../../src/engine/audio/patch.js";
import { Update } from "../../src/engine/audio/update.js";
import { ConstantMapping } from "../../src/engine/core/mapping.js";
import { MersenneTwister } from "../../src/engine/core/mersenne_twister.js";
import { RealFFT } from "../../src/engine/core/real_fft.js";
import { fromHalves, readSafetensors, writeSafetensors } from "../../src/engine/io/safetensors.js";
import { pebble } from "./golden_takes.js";

/** @typedef {import("../../src/engine/audio/engine/sources/playhead.js").Playhead} Playhead */

const RATIO = 1024;

/**
 * Random numbers that are the same each time, -1 to 1.
 * @param {number} count
 */
function noise(count, seed = 1) {
  const random = new MersenneTwister(seed);
  return Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
}

/**
 * Frames of an engine with the hand down at one place.
 * @param {Engine} engine
 * @param {number} frames
 */
function play(engine, frames, { place = [0, 0], gate = 1, gain = 1 } = {}) {
  const sound = [new Float32Array(frames * RATIO)];
  for (let k = 0; k < frames; k++) {
    engine.render(place, gate, gain, [sound[0].subarray(k * RATIO, (k + 1) * RATIO)]);
  }
  return sound[0];
}

/** @param {Float32Array} samples */
const peak = (samples) => samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * An engine that plays the same latents everywhere.
 * @param {number[]} latents
 */
function constant(...latents) {
  const engine = new Engine(pebble());
  engine.update(
    new Update({}, { mapping: { mapping: new ConstantMapping(2, Float32Array.from(latents)), low: null, high: null } }),
  );
  return engine;
}

test("the transform is the sum that defines it, there and back", () => {
  for (const size of [64, 128]) {
    const bins = size / 2 + 1;
    const [re, im, out] = [noise(bins, 1), noise(bins, 2), new Float32Array(size)];
    im[0] = im[bins - 1] = 0;
    const fft = new RealFFT(size);
    fft.inverse(re, im, out, 0.5 / size);
    for (let t = 0; t < size; t++) {
      let sum = re[0] + re[bins - 1] * Math.cos(Math.PI * t);
      for (let k = 1; k < bins - 1; k++) {
        const angle = (2 * Math.PI * k * t) / size;
        sum += 2 * (re[k] * Math.cos(angle) - im[k] * Math.sin(angle));
      }
      assert.ok(Math.abs(out[t] - (0.5 * sum) / size) < 1e-6);
    }
    const [real, imaginary] = [new Float32Array(bins), new Float32Array(bins)];
    fft.forward(out, 0, new Float32Array(size).fill(2), real, imaginary);
    for (let k = 0; k < bins; k++) {
      assert.ok(Math.abs(real[k] - re[k]) < 1e-5 && Math.abs(imaginary[k] - im[k]) < 1e-5);
    }
  }
});

test("the random numbers are those of the Mersenne Twister", () => {
  const random = new MersenneTwister(5489);
  assert.deepEqual([random.bits(), random.bits(), random.bits()], [3499211612, 581869302, 3890346734]);
  for (let k = 4; k < 10000; k++) random.bits();
  assert.equal(random.bits(), 4123659995); // the 10,000th, which the C++ standard states
});

test("half precision becomes the numbers that it stands for", () => {
  const halves = Uint16Array.from([0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x3555]);
  const expected = [1, -2, 65504, 2 ** -24, -0, Infinity, -Infinity, NaN, 0.333251953125];
  assert.deepEqual([...fromHalves(halves)], expected);
});

test("arrays come back from a file as they went in, and a damaged file is refused", () => {
  const tensors = { a: { shape: [2, 3], data: noise(6) }, b: { shape: [1], data: new Float64Array([Math.PI]) } };
  const content = writeSafetensors(tensors, { said: "ä" });
  const back = readSafetensors(content);
  assert.deepEqual(back.tensors, tensors);
  assert.deepEqual(back.metadata, { said: "ä" });
  assert.throws(() => readSafetensors(content.subarray(0, content.length - 1)), /outside/);
  assert.throws(() => readSafetensors(content.subarray(0, 20)), /header/);
  assert.throws(() => readSafetensors(new Uint8Array(4)), /header/);
});

test("the limiter lets nothing above its ceiling, and what is below it through unchanged and late", () => {
  const limiter = new Limiter(1, 44100);
  const loud = noise(8192, 3).map((value) => 20 * value);
  loud.fill(0, 3000, 5000);
  limiter.process([loud], 0, loud.length);
  assert.ok(peak(loud) <= CEILING && peak(loud) > 0.5);
  const gentle = new Limiter(1, 44100);
  const quiet = noise(4096, 4).map((value) => 0.2 * value);
  const out = quiet.slice();
  gentle.process([out], 0, out.length);
  assert.deepEqual(out.subarray(gentle.delay), quiet.subarray(0, quiet.length - gentle.delay));
  assert.ok(!gentle.idle);
  gentle.process([new Float32Array(1024)], 0, 1024);
  assert.ok(gentle.idle);
});

test("the limiter gives the same in pieces of any length", () => {
  const input = noise(6000, 5).map((value, i) => value * (1 + 3 * Math.sin(i / 500)));
  const whole = input.slice();
  new Limiter(1, 44100).process([whole], 0, whole.length);
  const pieces = input.slice();
  const limiter = new Limiter(1, 44100);
  for (let at = 0, size = 1; at < pieces.length; at += size, size = (size * 7 + 3) % 501) {
    limiter.process([pieces], at, Math.min(pieces.length, at + size));
  }
  assert.deepEqual(pieces, whole);
});

test("a constant offset dies away, and silence stays silence", () => {
  const dc = new DCBlock(1, 44100);
  assert.ok(dc.idle);
  const samples = new Float32Array(44100).fill(0.5);
  dc.process([samples], 0, samples.length);
  assert.ok(Math.abs(samples[0] - 0.5) < 1e-6 && Math.abs(samples[44099]) < 1e-5);
});

test("a gain moves along its ramp and stays at its target", () => {
  const gain = new Gain(4, 0);
  gain.set(1);
  const curve = Array.from({ length: 6 }, () => gain.next());
  assert.deepEqual(curve, [0.15625, 0.5, 0.84375, 1, 1, 1]);
});

test("a playhead goes round, there and back, or once", () => {
  const path = { points: Float32Array.from([0, 1, 2, 3]), count: 4, dims: 1 };
  const places = (/** @type {Partial<Playhead>} */ changes, frames = 10) => {
    /** @type {Playhead} */
    const defaults = { path, speed: 1, loop: "loop", gain: 1, playing: true, interpolate: true, seek: null, shift: 0 };
    const transport = new Transport({ ...defaults, ...changes });
    const place = new Float32Array(1);
    return Array.from({ length: frames }, () => {
      transport.place(place);
      transport.advance(true);
      return place[0];
    });
  };
  assert.deepEqual(places({}, 6), [0, 1, 2, 3, 0, 1]);
  assert.deepEqual(places({ loop: "ping-pong" }), [0, 1, 2, 3, 3, 3, 2, 1, 0, 1]);
  assert.deepEqual(places({ loop: "once", speed: 2 }, 4), [0, 2, 3, 3]);
  assert.deepEqual(places({ speed: 0.5 }, 4), [0, 0.5, 1, 1.5]);
  assert.deepEqual(places({ speed: 0.5, interpolate: false }, 4), [0, 0, 1, 1]);
  assert.deepEqual(places({ speed: -1 }, 3), [0, 3, 2]);
});

test("a patch knows its defaults, its groups, and refuses what there is not", () => {
  const patch = new Patch().set({ "playheads.b.speed": 2, "playheads.a.path": "x", "latents.slew": 3 });
  assert.deepEqual(patch.members("playheads"), ["b", "a"]);
  assert.equal(patch.get("playheads.a.speed"), 1);
  assert.equal(new Patch().get("latents.slew"), Infinity);
  assert.equal(patch.set({ "latents.slew": null }).get("latents.slew"), Infinity);
  assert.equal(patch.set({ "latents.slew": "inf" }).get("latents.slew"), Infinity);
  assert.deepEqual(patch.set({ "playheads.b": null }).members("playheads"), ["a"]);
  assert.throws(() => patch.set({ "latents.colour": 1 }), /latents.colour/);
});

test("places and latents that are no numbers never become sound that is none", () => {
  for (const bad of [NaN, Infinity, -Infinity, 1e300]) {
    const engine = constant(bad, 1, bad, 0, 0, 0, 0, 0);
    const sound = play(engine, 6, { place: [bad, bad] });
    assert.ok(sound.every((value) => Math.abs(value) <= CEILING));
    assert.ok(peak(sound) > 0.001 && engine.nanCount > 0);
  }
});

test("an update that does not fit changes nothing", () => {
  const engine = constant(0, 1, 0, 0, 0, 0, 0, 0);
  const before = engine.patch;
  const wrong = new ConstantMapping(2, new Float32Array(3));
  assert.throws(() =>
    engine.update(new Update({ "latents.scale": 2 }, { mapping: { mapping: wrong, low: null, high: null } })),
  );
  assert.throws(() => engine.update(new Update({ "playheads.a.path": "none" })), /not given/);
  assert.equal(engine.patch, before);
  assert.ok(peak(play(engine, 3)) > 0.001);
});

test("panic is silent within 5 ms, and a new touch sounds again", () => {
  const engine = constant(0, 1, 0, 0, 0, 0, 0, 0);
  play(engine, 10);
  engine.panic();
  const after = play(engine, 4);
  assert.ok(peak(after.subarray(0, 100)) > 0.001);
  assert.equal(peak(after.subarray(221)), 0);
  assert.ok(engine.silent);
  play(engine, 1, { gate: 0 });
  assert.ok(peak(play(engine, 4)) > 0.01);
});

test("a codec that throws mutes the sound without a click, says so, and it heals", () => {
  const codec = pebble();
  let broken = false;
  const failing = {
    info: codec.info,
    stream() {
      const stream = codec.stream();
      const piece = stream.piece.bind(stream);
      stream.piece = (...given) => {
        if (broken) throw new Error("out of order");
        piece(...given);
      };
      return stream;
    },
  };
  const engine = new Engine(failing);
  engine.update(
    new Update(
      {},
      {
        mapping: {
          mapping: new ConstantMapping(2, Float32Array.from([0, 1, 0, 0, 0, 0, 0, 0])),
          low: null,
          high: null,
        },
      },
    ),
  );
  play(engine, 10);
  broken = true;
  const dying = play(engine, 3);
  assert.match(engine.error, /out of order/);
  assert.equal(peak(dying.subarray(2 * RATIO)), 0);
  broken = false;
  assert.ok(peak(play(engine, 8)) > 0.01);
  play(engine, 90);
  assert.equal(engine.error, "");
});

test("after a restart the same gestures give the same samples", () => {
  const engine = constant(0.3, 1, 1, -1, 0, 0, 0, 0);
  const first = play(engine, 12);
  engine.restart();
  assert.deepEqual(play(engine, 12), first);
});

test("what an engine is set to, given to another one, sets that to the same", () => {
  const path = { points: noise(40), count: 20, dims: 2 };
  const engine = constant(0.3, 1, 1, -1, 0, 0, 0, 0);
  engine.update(
    new Update({ "playheads.a.path": "x", "playheads.a.speed": 1.5, "latents.slew": 2 }, { "paths/x": path }),
  );
  play(engine, 7, { gate: 0 });
  const twin = new Engine(pebble());
  twin.update(new Update(engine.snapshot(), Object.fromEntries(engine.assets)));
  assert.equal(twin.snapshot()["playheads.a.start"], 10.5);
  assert.equal(twin.patch.get("latents.slew"), 2);
});
