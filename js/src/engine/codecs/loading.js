// Codecs by what the Python package sends of them: one safetensors file each, whose metadata say of which family it is.

import { readSafetensors } from "../io/safetensors.js";
import { MosaicCodec } from "./mosaic/codec.js";
import { HOP, SAMPLE_RATE } from "./mosaic/frames.js";
import { PebbleCodec, pebbleWeights } from "./pebble/codec.js";
import { SAMPLE_RATE as PEBBLE_RATE, RATIO } from "./pebble/tables.js";

/** @typedef {import("../io/safetensors.js").Tensors} Tensors */

/**
 * A codec as plain data, which goes from the page to its audio thread.
 * @typedef {Tensors & { sampleRate: number, ratio: number, channels: number }} PackedCodec
 */

/** @type {Record<string, { about: (file: Tensors) => Omit<PackedCodec, keyof Tensors>, make: (file: Tensors) => import("./base.js").Codec }>} */
const FORMATS = {
  "pebble-2": {
    about: () => ({ sampleRate: PEBBLE_RATE, ratio: RATIO, channels: 1 }),
    make: ({ tensors }) => new PebbleCodec(pebbleWeights(tensors)),
  },
  "mosaic-1": {
    about: ({ tensors }) => ({ sampleRate: SAMPLE_RATE, ratio: HOP, channels: tensors.audio.shape[0] }),
    make: ({ tensors, metadata }) => new MosaicCodec(tensors, JSON.parse(metadata.blend)),
  },
};

/** @param {Record<string, string>} metadata */
function formatOf({ format }) {
  if (!Object.hasOwn(FORMATS, format)) {
    throw new Error(`a codec of the format ${format} is not known here; known are ${Object.keys(FORMATS)}`);
  }
  return FORMATS[format];
}

/**
 * A codec in a file, to be sent to the audio thread, which has no means of reading one.
 * @param {Uint8Array} content
 * @returns {PackedCodec}
 * @throws {Error} If it is damaged, or of a format that is not known.
 */
export function readCodec(content) {
  const file = readSafetensors(content);
  return { ...file, ...formatOf(file.metadata).about(file) };
}

/**
 * The codec that was read.
 * @param {Tensors} packed
 * @throws {Error} If its arrays do not fit.
 */
export function codecFrom(packed) {
  return formatOf(packed.metadata).make(packed);
}
