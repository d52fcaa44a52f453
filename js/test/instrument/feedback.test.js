// A page that hears itself is noticed, and nothing else is taken for it. The page and the room are doubles: what is heard
// comes out later, and comes back later still.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Probe } from "../../src/engine/audio/hosts/probe.js";
import { LiveEar } from "../../src/instrument/live/live_sound.js";

const [RATE, FRAME] = [44100, 1024];
const LATE = 2112; // samples from the microphone to what the page plays
const LOUDEST = 0.89; // its limiter

/** Numbers between -0.5 and 0.5. @param {number} seed */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647 - 0.5;
  };
}

/**
 * Plays what is in a room, until it is found that the page hears itself.
 * @param {Float32Array} room What is heard besides the page.
 * @param {{ loop?: number, delay?: number, level?: number }} way Gain and samples from the loudspeaker to the microphone;
 *   gain of the page.
 */
function played(room, { loop = 0, delay = 5000, level = 1 }) {
  const ear = new LiveEar({ kind: "microphone", state: () => "on" }, () => 0);
  const probe = new Probe();
  const [sounding, heard] = [new Float32Array(room.length), new Float32Array(room.length)];
  let probes = 0;
  for (let at = 0; at + FRAME <= room.length; at += FRAME) {
    const frame = new Float32Array(FRAME); // without the rustle
    for (let i = 0; i < FRAME; i++) {
      const n = at + i;
      heard[n] = room[n] + (n < delay ? 0 : loop * sounding[n - delay]);
      frame[i] = n < LATE ? 0 : LOUDEST * Math.tanh((level * heard[n - LATE]) / LOUDEST);
    }
    const out = sounding.subarray(at, at + FRAME);
    out.set(frame);
    probe.turn();
    probe.process([out], FRAME);
    const noise = ear.take(heard.subarray(at, at + FRAME), frame, probe.begins);
    if (noise) {
      probe.begin(noise);
      probes++;
    }
    if (ear.feedsBack) return { seconds: at / RATE, probes };
  }
  return { seconds: Number.POSITIVE_INFINITY, probes };
}

/** @param {number} seconds @param {(i: number) => number} value */
const sound = (seconds, value) => Float32Array.from({ length: seconds * RATE }, (_, i) => value(i));

/** Syllables of noise and of a gliding tone, with gaps. @param {number} seconds @param {number} seed */
function speech(seconds, seed) {
  const random = chance(seed);
  const made = new Float32Array(seconds * RATE);
  for (let at = 2000; at < made.length; ) {
    const length = 4000 + Math.floor(8000 * (random() + 0.5));
    const [pitch, voiced] = [0.01 + 0.02 * (random() + 0.5), random() > -0.3];
    let phase = 0;
    let before = 0;
    for (let i = 0; i < length && at + i < made.length; i++) {
      phase += pitch * (1 + 0.2 * Math.sin(i / 3000));
      before = 0.6 * before + random();
      const tone = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(5 * phase);
      made[at + i] = 0.15 * Math.sin((Math.PI * i) / length) * (voiced ? tone + 0.1 * before : before);
    }
    at += length + Math.floor(6000 * (random() + 0.5));
  }
  return made;
}

/** A drum of noise and one of a tone, in turn. @param {number} seconds @param {(k: number) => number} gap Samples. */
function drums(seconds, gap, same = true) {
  const made = new Float32Array(seconds * RATE);
  for (let at = 3000, k = 0; at < made.length; at += Math.round(gap(k++))) {
    const random = chance(same ? 5 : k + 1);
    for (let i = 0; i < 8000 && at + i < made.length; i++) {
      made[at + i] += (k % 2 ? 1.2 * random() * Math.exp(-i / 900) : 0.6 * Math.sin(i * 0.015)) * Math.exp(-i / 2500);
    }
  }
  return made;
}

for (const [ms, loop] of [
  [80, 0.95],
  [130, 0.8],
  [200, 1.0],
]) {
  test(`a page that hears itself ${ms} ms later, ${loop} as loud, is caught within five seconds`, () => {
    const found = played(speech(6, 3), { loop, delay: Math.round((ms / 1000) * RATE) });
    assert.ok(found.seconds < 5, JSON.stringify(found));
  });
}

test("what sounds stays below the limiter's ceiling beneath a rustle, which begins with a frame and comes to its end", () => {
  const probe = new Probe();
  probe.begin(new Float32Array(1500).fill(-LOUDEST));
  const out = Array.from({ length: 3 }, () => new Float32Array(FRAME).fill(LOUDEST));
  const begins = out.map((frame) => {
    probe.turn();
    probe.process([frame], FRAME);
    return probe.begins;
  });
  assert.deepEqual(begins, [true, false, false]);
  assert.ok(out.every((frame) => frame.every((value) => Math.abs(value) <= Math.fround(LOUDEST))));
  assert.ok(Math.abs(out[0][700]) < 0.01); // half of each
  assert.equal(out[2][0], Math.fround(LOUDEST));
});

test("a howl is caught, whose tone fits at every delay", () => {
  const random = chance(9);
  const found = played(
    sound(6, () => 0.01 * random()),
    { loop: 1.3, delay: 5300, level: 1.5 },
  );
  assert.ok(found.seconds < 6, JSON.stringify(found));
});

const random = chance(11);
const others = {
  "a drum machine": drums(9, () => 11025),
  "a drummer": drums(9, () => 11025 + 1500 * random(), false),
  "a slow drummer": drums(9, () => 30000 + 6000 * random(), false),
  "a voice": speech(9, 17),
  "a held tone": sound(9, (i) => 0.3 * Math.sin(i * 0.05)),
  "a loud held chord": sound(9, (i) => 0.3 * (Math.sin(i * 0.03) + Math.sin(i * 0.045) + Math.sin(i * 0.0375))),
  "a tone with vibrato": sound(9, (i) => 0.4 * Math.sin(i * 0.05 + 3 * Math.sin(i * 0.0008))),
  noise: sound(9, () => 0.3 * random()),
};
for (const [name, room] of Object.entries(others)) {
  test(`${name} is not taken for the page, and it is asked at most twice in nine seconds`, () => {
    const found = played(room, {});
    assert.equal(found.seconds, Number.POSITIVE_INFINITY);
    assert.ok(found.probes <= 2, JSON.stringify(found));
  });
}
