// Golden takes from the disk: what the Python package's engine made of them, and how far this one is from it.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readTake, replay } from "../../src/engine/audio/takes/take.js";
import { codecFrom, readCodec } from "../../src/engine/codecs/loading.js";
import { PebbleCodec, pebbleWeights } from "../../src/engine/codecs/pebble/codec.js";
import { readSafetensors } from "../../src/engine/io/safetensors.js";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** The takes in the repository. */
export const TAKES = join(ROOT, "tests/golden/takes");
export const FOLDER = process.env.GOLDEN_TAKES ?? TAKES;
export const MOSAIC = join(ROOT, "tests/golden/mosaic.safetensors");
export const STREAM = join(ROOT, "tests/golden/stream.safetensors");
export const WEIGHTS = join(ROOT, "terrain_widgets/codecs/pebble/weights/pebble.safetensors");

/** The weights of pebble's decoder, from the file in the wheel. */
export function bundledWeights() {
  return pebbleWeights(readSafetensors(readFileSync(WEIGHTS), (name) => name.startsWith("decoder.")).tensors);
}

/** Pebble. */
export function pebble() {
  return new PebbleCodec(bundledWeights());
}

/** The mosaic of golden takes. */
export function mosaic() {
  return codecFrom(readCodec(readFileSync(MOSAIC)));
}

/** The stream model of golden takes. */
export function stream() {
  return codecFrom(readCodec(readFileSync(STREAM)));
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
export function goldenTake(name, folder = FOLDER) {
  return readTake(
    readFileSync(join(folder, `${name}.json`), "utf8"),
    readFileSync(join(folder, `${name}.safetensors`)),
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
 * @param {Float32Array[]} sound
 */
export function distance(name, sound, folder = FOLDER) {
  const { every, powers } = readSafetensors(readFileSync(join(folder, `${name}.samples`))).tensors;
  const [channels, kept] = every.shape;
  const step = Math.ceil(sound[0].length / kept);
  const ratio = sound[0].length / powers.data.length;
  let samples = 0;
  let levels = 0;
  for (let a = 0; a < channels; a++) {
    for (let i = 0; i < kept; i++) samples = Math.max(samples, Math.abs(every.data[a * kept + i] - sound[a][i * step]));
  }
  powers.data.forEach((/** @type {number} */ power, /** @type {number} */ frame) => {
    let sum = 0;
    for (const channel of sound) for (let i = frame * ratio; i < (frame + 1) * ratio; i++) sum += channel[i] ** 2;
    levels = Math.max(levels, Math.abs(Math.sqrt(power) - Math.sqrt(sum / ratio / channels)));
  });
  return { samples, levels };
}

/**
 * Plays a golden take.
 * @param {string} name
 * @param {Record<string, import("../../src/engine/codecs/base.js").Codec>} codecs By name.
 */
export function play(name, codecs, folder = FOLDER) {
  const take = goldenTake(name, folder);
  return distance(name, replay(take, codecs[take.codec]), folder);
}
