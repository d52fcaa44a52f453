// Codecs by what the Python package sends of them: one safetensors file each, whose metadata say of which family it is.

import { readSafetensors } from "../io/safetensors.js";
import { MosaicCodec } from "./mosaic/codec.js";
import { readCorpus } from "./mosaic/corpus.js";
import { HOP, SAMPLE_RATE } from "./mosaic/frames.js";
import { PebbleCodec, pebbleWeights } from "./pebble/codec.js";
import { SAMPLE_RATE as PEBBLE_RATE, RATIO } from "./pebble/tables.js";
import { StreamCodec } from "./stream/codec.js";
import { HOP as STREAM_HOP, SAMPLE_RATE as STREAM_RATE } from "./stream/grid.js";

/** @typedef {import("../io/safetensors.js").Tensors} Tensors */

/**
 * A codec as plain data, which goes from the page to its audio thread: `content` is what its family makes of the file.
 * @typedef {{ metadata: Record<string, string>, content: any, sampleRate: number, ratio: number, channels: number }}
 *   PackedCodec
 */

/**
 * @type {Record<string, { read: (tensors: Tensors["tensors"], metadata: Record<string, string>) => Omit<PackedCodec, "metadata">,
 *   make: (packed: PackedCodec) => import("./base.js").Codec }>}
 */
const FORMATS = {
  "pebble-2": {
    read: (tensors) => ({ content: tensors, sampleRate: PEBBLE_RATE, ratio: RATIO, channels: 1 }),
    make: ({ content }) => new PebbleCodec(pebbleWeights(content), pebbleWeights(content, "encoder.")),
  },
  "mosaic-2": {
    read: (tensors) => {
      const content = readCorpus(tensors);
      return { content, sampleRate: SAMPLE_RATE, ratio: HOP, channels: content.audio.length };
    },
    make: ({ content, metadata }) => new MosaicCodec(content, JSON.parse(metadata.blend)),
  },
  "stream-1": {
    read: (tensors, { ratio }) => ({
      content: Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, Float32Array.from(data)])),
      sampleRate: STREAM_RATE,
      ratio: streamRatio(ratio),
      channels: 1,
    }),
    make: ({ content, ratio, metadata }) => new StreamCodec(content, ratio, metadata.name),
  },
};

/** @param {string} text Samples per frame, as a file says them. */
function streamRatio(text) {
  const ratio = Number(text);
  if (![1, 2, 4].includes(ratio / STREAM_HOP)) throw new Error(`a stream model has no ratio of ${text}`);
  return ratio;
}

/** @param {Record<string, string>} metadata */
function formatOf({ format }) {
  if (!Object.hasOwn(FORMATS, format)) {
    throw new Error(`a codec of the format ${format} is not known here; known are ${Object.keys(FORMATS)}`);
  }
  return FORMATS[format];
}

/**
 * A codec in a file, to be sent to the audio thread, which has no means and no time to read one.
 * @param {Uint8Array} content
 * @returns {PackedCodec}
 * @throws {Error} If it is damaged, or of a format that is not known.
 */
export function readCodec(content) {
  const { metadata, tensors } = readSafetensors(content);
  return { metadata, ...formatOf(metadata).read(tensors, metadata) };
}

/**
 * The codec that was read.
 * @param {PackedCodec} packed
 * @throws {Error} If its arrays do not fit.
 */
export function codecFrom(packed) {
  return formatOf(packed.metadata).make(packed);
}

/**
 * Whether a stream of one codec can go on with the other's sounds: latents mean the same in both.
 * @param {PackedCodec} one
 * @param {PackedCodec} other
 */
export function playsOn(one, other) {
  return (
    one.metadata.space !== undefined && one.metadata.space === other.metadata.space && one.channels === other.channels
  );
}

/**
 * What of a codec can be given away to the audio thread instead of copied.
 * @param {any} content
 * @returns {ArrayBuffer[]}
 */
export function buffersOf(content) {
  if (ArrayBuffer.isView(content)) return [/** @type {ArrayBuffer} */ (content.buffer)];
  return content && typeof content === "object" ? Object.values(content).flatMap(buffersOf) : [];
}
