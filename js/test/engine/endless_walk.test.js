import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { unpackAsset } from "../../src/engine/audio/assets.js";
import { HandOverClip } from "../../src/engine/audio/engine/sources/clip.js";
import { Hand } from "../../src/engine/audio/engine/sources/hand.js";
import { Walker, walkFromState } from "../../src/engine/core/exploration/endless_walk.js";
import { ROOT } from "./golden_takes.js";

const EVERY = 37;
const TABLES = JSON.parse(readFileSync(join(ROOT, "tests/golden/walks.json"), "utf8"));

/** @param {Record<string, any>} arrays nested lists */
function tensors(arrays) {
  const named = Object.entries(arrays).map(([name, rows]) => {
    const nested = Array.isArray(rows[0]);
    const shape = nested ? [rows.length, rows[0].length] : [rows.length];
    return [name, { shape, data: Float32Array.from(rows.flat()) }];
  });
  return Object.fromEntries(named);
}

test("walks go where the Python package's do, for 4,000 frames, and from their beginning again", () => {
  let largest = 0;
  for (const { config, arrays, frames } of TABLES) {
    const walker = new Walker(walkFromState(config, tensors(arrays)));
    for (const first of [0, 1]) {
      // the second time from far on, which begins anew
      for (let row = first; row < frames.length; row++) {
        const made = walker.at(EVERY * row);
        frames[row].forEach((/** @type {number} */ value, /** @type {number} */ d) => {
          largest = Math.max(largest, Math.abs(value - made[d]));
        });
      }
    }
  }
  assert.ok(largest < 1e-5, `largest difference ${largest}`);
});

test("a walk that runs underneath does not end, whether it loops or not", () => {
  const { config, arrays, frames } = TABLES[3];
  const own = Object.fromEntries(Object.entries(tensors(arrays)).map(([name, tensor]) => [`walk/${name}`, tensor]));
  const latents = { shape: [1, 5], data: own["walk/start"].data };
  const sound = unpackAsset({ kind: "sound", config: { walk: config }, arrays: { latents, ...own } });
  const info = { sampleRate: 44100, ratio: 64, latentDim: 5, channels: 1, delay: 0 };
  const clip = new HandOverClip(new Hand(), /** @type {any} */ (info), 100);
  clip.set({ sound: /** @type {any} */ (sound), modes: new Array(5).fill("keep"), running: true, loop: false });
  const heard = new Float32Array(5);
  for (let frame = 0; frame <= 3 * EVERY; frame++) {
    assert.equal(clip.level, 1);
    heard.fill(0);
    clip.steer(heard);
    if (frame % EVERY === 0) {
      frames[frame / EVERY].forEach((/** @type {number} */ value, /** @type {number} */ d) => {
        assert.ok(Math.abs(value - heard[d]) < 1e-5);
      });
    }
    clip.advance(true);
  }
});
