import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { ModulatorSettings } from "../../src/engine/audio/engine/latents/modulator_settings.js";
import { Modulators } from "../../src/engine/audio/engine/latents/modulators.js";
import { Patch } from "../../src/engine/audio/patch.js";
import { ROOT } from "./golden_takes.js";

const RATE = 44100 / 1024;
const EVERY = 31;

/** @param {Record<string, any>} values @param {number} dim */
function modulators(values, dim) {
  const patch = new Patch();
  const get = (/** @type {string} */ word) => values[word] ?? patch.get(`modulators.${word}`);
  return new Modulators(new ModulatorSettings(dim, get, 2), RATE);
}

test("modulators move as the Python package's for 10,000 frames in all, each basis and each mode", () => {
  const tables = JSON.parse(readFileSync(join(ROOT, "tests/golden/modulations.json"), "utf8"));
  let largest = 0;
  for (const { values, frames } of tables) {
    const dim = frames[0].length;
    const made = modulators(values, dim);
    const latents = new Float32Array(dim);
    for (let frame = 0; frame < EVERY * frames.length; frame++) {
      latents.fill(0);
      made.advance();
      made.move(latents);
      if (frame % EVERY) continue;
      frames[frame / EVERY].forEach((/** @type {number} */ value, /** @type {number} */ d) => {
        largest = Math.max(largest, Math.abs(value - latents[d]));
      });
    }
  }
  assert.ok(largest < 1e-6, `largest difference ${largest}`);
});
