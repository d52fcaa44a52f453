// The live encoder hears what the Python package's hears.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ModulatorSettings } from "../../src/engine/audio/engine/latents/modulator_settings.js";
import { Modulators } from "../../src/engine/audio/engine/latents/modulators.js";
import { Patch } from "../../src/engine/audio/patch.js";
import { PebbleCodec, pebbleWeights } from "../../src/engine/codecs/pebble/codec.js";
import { RATIO } from "../../src/engine/codecs/pebble/tables.js";
import { levelOf } from "../../src/engine/core/modulation/envelope.js";
import { readSafetensors } from "../../src/engine/io/safetensors.js";
import { ROOT, WEIGHTS } from "./golden_takes.js";

const { tensors } = readSafetensors(readFileSync(join(ROOT, "tests/golden/heard.safetensors")));
const weights = readSafetensors(readFileSync(WEIGHTS), (name) => !name.endsWith("num_batches_tracked")).tensors;

test("each frame's latents are those of the Python package to 1e-5", () => {
  const codec = new PebbleCodec(pebbleWeights(weights), pebbleWeights(weights, "encoder."));
  const encoder = codec.liveEncoder();
  assert.ok(encoder);
  const audio = Float32Array.from(tensors.audio.data, (value) => Number(value) / 32768);
  for (let round = 0; round < 2; round++) {
    for (let frame = 0; frame < audio.length / RATIO; frame++) {
      encoder.encode([audio.subarray(frame * RATIO, (frame + 1) * RATIO)]);
      encoder.latents.forEach((value, d) => {
        assert.ok(Math.abs(value - Number(tensors.latents.data[frame * 8 + d])) <= 1e-5, `frame ${frame}, latent ${d}`);
      });
    }
    encoder.reset();
  }
});

test("a codec without the encoder's weights hears nothing", () => {
  assert.equal(new PebbleCodec(pebbleWeights(weights)).liveEncoder(), null);
});

test("modulators follow how loud it is as the Python package's do, to 1e-6", () => {
  // FOLLOWING in tests/golden/heard.py
  /** @type {Record<string, any>} */
  const values = {
    basis: ["envelope", "envelope", "simplex"],
    energy: [2, -1.5, 1],
    deviation: [0, 1, 0],
    mode: ["none", "clip", "none"],
    limit: 0.8,
    smooth: [0, 60, 30],
  };
  const get = (/** @type {string} */ word) => values[word] ?? new Patch().get(`modulators.${word}`);
  const bank = new Modulators(new ModulatorSettings(3, get, 2), 44100 / RATIO);
  const audio = Float32Array.from(tensors.audio.data, (value) => Number(value) / 32768);
  for (let frame = 0; frame < audio.length / RATIO; frame++) {
    bank.advance(levelOf(audio.subarray(frame * RATIO, (frame + 1) * RATIO)));
    for (let d = 0; d < 3; d++) {
      const expected = Number(tensors.moved.data[3 * frame + d]);
      assert.ok(Math.abs(bank.moved(d) - expected) <= 1e-6, `frame ${frame}, ${d}: ${bank.moved(d)}, not ${expected}`);
    }
  }
});
