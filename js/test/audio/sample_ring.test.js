import assert from "node:assert/strict";
import { test } from "node:test";

import { SampleRing } from "../../src/audio/sample_ring.js";

/** @param {number} frequency Hz @param {number} rate Hz @param {number} count */
const sine = (frequency, rate, count) =>
  Float32Array.from({ length: count }, (_, n) => Math.sin((2 * Math.PI * frequency * n) / rate));

/** Read all that can be read, in blocks of so many frames. @param {SampleRing} ring @param {number} block */
function drain(ring, block) {
  /** @type {number[]} */ const heard = [];
  while (ring.frames >= block) {
    const out = [new Float32Array(block)];
    ring.read(out, 0, block);
    heard.push(...out[0]);
  }
  return heard;
}

/**
 * How far samples are from the best sine of this frequency, as a share of it.
 * @param {number[]} samples
 * @param {number} frequency Hz
 * @param {number} rate Hz
 */
function distance(samples, frequency, rate) {
  let [c, s, power] = [0, 0, 0];
  samples.forEach((value, n) => {
    const angle = (2 * Math.PI * frequency * n) / rate;
    c += (2 / samples.length) * value * Math.cos(angle);
    s += (2 / samples.length) * value * Math.sin(angle);
    power += value ** 2 / samples.length;
  });
  const fitted = (c * c + s * s) / 2;
  return Math.sqrt(Math.max(0, power - fitted) / fitted);
}

test("at the context's rate samples come out as they went in, across the ring's end too", () => {
  const ring = new SampleRing(2, 8000, 8000, 0.01); // 80 samples
  let next = 0;
  for (let turn = 0; turn < 10; turn++) {
    const before = next;
    assert.equal(ring.append(Float32Array.from({ length: 60 }, () => next++)), 0);
    const out = [new Float32Array(30), new Float32Array(30)];
    assert.equal(ring.read(out, 0, 30), 30);
    assert.deepEqual(
      [...out[0]],
      Array.from({ length: 30 }, (_, n) => before + 2 * n),
    );
    assert.deepEqual(
      [...out[1]],
      Array.from({ length: 30 }, (_, n) => before + 2 * n + 1),
    );
  }
  assert.equal(ring.level, 0);
});

test("what does not fit is counted and left out", () => {
  const ring = new SampleRing(1, 100, 100, 1);
  assert.equal(ring.append(new Float32Array(130)), 30);
  assert.equal(ring.level, 100);
});

test("keeping a level drops the oldest samples", () => {
  const ring = new SampleRing(1, 100, 100, 1);
  ring.append(Float32Array.from({ length: 50 }, (_, n) => n));
  ring.keep(10);
  const out = [new Float32Array(10)];
  ring.read(out, 0, 10);
  assert.deepEqual([...out[0]], [40, 41, 42, 43, 44, 45, 46, 47, 48, 49]);
});

for (const [rate, contextRate] of [
  [44100, 48000],
  [16000, 48000],
  [48000, 44100],
]) {
  test(`a sine of ${rate} Hz sampling stays that sine at ${contextRate} Hz, within -80 dB`, () => {
    const ring = new SampleRing(1, rate, contextRate, 1);
    ring.append(sine(1000, rate, rate / 2));
    const heard = drain(ring, 128).slice(2000);
    const tenth = contextRate / 100; // ten periods are a whole number of samples at each of these rates
    const whole = heard.slice(0, Math.floor(heard.length / tenth) * tenth);
    const off = distance(whole, 1000, contextRate);
    assert.ok(off < 1e-4, `${20 * Math.log10(off)} dB`);
  });
}

test("a tone above the context's half rate is not folded down into it", () => {
  const ring = new SampleRing(1, 48000, 16000, 1);
  ring.append(sine(11000, 48000, 24000));
  const heard = drain(ring, 128).slice(1000);
  assert.ok(Math.max(...heard.map(Math.abs)) < 1e-3); // -60 dB
});

test("the block size does not change what is resampled", () => {
  const [one, other] = [new SampleRing(1, 44100, 48000, 1), new SampleRing(1, 44100, 48000, 1)];
  const input = sine(440, 44100, 4410);
  one.append(input);
  other.append(input);
  const [a, b] = [drain(one, 128), drain(other, 7)];
  const count = Math.min(a.length, b.length);
  assert.ok(count > 4000);
  assert.deepEqual(a.slice(0, count), b.slice(0, count));
});
