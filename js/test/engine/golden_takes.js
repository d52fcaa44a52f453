// Golden takes from the disk: what the Python package's engine made of them, and how far this one is from it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readTake, replay } from "../../src/engine/audio/takes/take.js";
import { PebbleCodec, pebbleWeights } from "../../src/engine/codecs/pebble/codec.js";
import { readSafetensors } from "../../src/engine/io/safetensors.js";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
export const FOLDER = process.env.GOLDEN_TAKES ?? join(ROOT, "tests/golden/takes");
export const WEIGHTS = join(ROOT, "terrain_widgets/codecs/pebble/weights/pebble.safetensors");

/** Pebble, from the file in the wheel. */
export function pebble() {
  return new PebbleCodec(pebbleWeights(readFileSync(WEIGHTS)));
}

/** Names of all golden takes. */
export function names() {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith(".samples"));
  return files.map((file) => file.slice(0, -".samples".length)).sort();
}

/**
 * The gestures of a golden take.
 * @param {string} name
 */
export function goldenTake(name) {
  return readTake(
    readFileSync(join(FOLDER, `${name}.json`), "utf8"),
    readFileSync(join(FOLDER, `${name}.safetensors`)),
  );
}

/**
 * A golden take's two files: text and arrays.
 * @param {string} name
 */
export function readGolden(name) {
  return {
    text: readFileSync(join(FOLDER, `${name}.json`), "utf8"),
    arrays: readSafetensors(readFileSync(join(FOLDER, `${name}.safetensors`))).tensors,
  };
}

/**
 * How far a sound is from what the reference made: the largest difference of the samples that are kept, and of the
 * frames' RMS, which all samples have a part in.
 * @param {string} name
 * @param {Float32Array} sound
 */
export function distance(name, sound) {
  const { every, powers } = readSafetensors(readFileSync(join(FOLDER, `${name}.samples`))).tensors;
  const step = Math.ceil(sound.length / every.data.length);
  const ratio = sound.length / powers.data.length;
  let samples = 0;
  let levels = 0;
  every.data.forEach((/** @type {number} */ value, /** @type {number} */ i) => {
    samples = Math.max(samples, Math.abs(value - sound[i * step]));
  });
  powers.data.forEach((/** @type {number} */ power, /** @type {number} */ frame) => {
    let sum = 0;
    for (let i = frame * ratio; i < (frame + 1) * ratio; i++) sum += sound[i] * sound[i];
    levels = Math.max(levels, Math.abs(Math.sqrt(power) - Math.sqrt(sum / ratio)));
  });
  return { samples, levels };
}

/**
 * Plays a golden take.
 * @param {string} name
 * @param {import("../../src/engine/codecs/base.js").Codec} codec
 */
export function play(name, codec) {
  return distance(name, replay(goldenTake(name), codec)[0]);
}
