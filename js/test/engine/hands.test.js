import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Engine } from "../../src/engine/audio/engine/engine.js";
import { HandMotion } from "../../src/engine/audio/engine/sources/hand_motion.js";
import { Update } from "../../src/engine/audio/update.js";
import { ConstantMapping } from "../../src/engine/core/mapping.js";
import { pebble, ROOT } from "./golden_takes.js";

const FRAME_RATE = 44100 / 1024;

test("a hand goes straight and glides as the Python package has it", () => {
  const rows = JSON.parse(readFileSync(join(ROOT, "tests/golden/hand_motions.json"), "utf8"));
  const motion = new HandMotion(FRAME_RATE);
  for (const { target, seconds, course, number, dim, place } of rows) {
    const given = target.map((/** @type {number | null} */ x) => x ?? Number.NaN);
    if (seconds > 0) motion.glide(given, seconds, course, number, dim);
    else motion.endGlide(number);
    const here = motion.next(given, dim);
    assert.equal(here.length, place.length);
    here.forEach((x, c) => {
      assert.ok(Math.abs(x - place[c]) < 1e-6, `${x} is not ${place[c]}`);
    });
  }
});

test("each hand is a voice of its own: two sound at once, and the one that lifts leaves its row to the next", () => {
  const engine = new Engine(pebble());
  const mapping = new ConstantMapping(2, Float32Array.from([0, 1, 0, 0, 0, 0, 0, 0]));
  engine.update(new Update({}, { mapping: { mapping, low: null, high: null } }));
  const audio = [new Float32Array(1024)];
  const down = { place: [0, 0], level: 1 };
  /** @type {(frames: number, fingers: any[]) => void} */
  const play = (frames, fingers) => {
    for (let k = 0; k < frames; k++) engine.render([0, 0], 0, 1, audio, fingers);
  };
  play(4, [undefined, undefined, undefined, down, undefined, down]);
  assert.deepEqual(
    [0, 1, 3, 5].map((hand) => engine.handSounds(hand)),
    [false, false, true, true],
  );
  assert.equal(engine.workAhead % 3, 0); // the first hand keeps the first row
  const rows = engine.workAhead;
  play(6, [undefined, undefined, undefined, undefined, undefined, down]);
  assert.equal(engine.handSounds(3), false);
  play(4, [undefined, undefined, undefined, undefined, undefined, down, undefined, down]);
  assert.equal(engine.handSounds(7), true);
  assert.equal(engine.workAhead, rows);
  play(8, []);
  assert.ok(engine.silent || audio[0].every((value) => Math.abs(value) < 1e-3));
});
