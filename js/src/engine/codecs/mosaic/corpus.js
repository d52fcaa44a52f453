// The sounds that a mosaic is made of, cut into frames, with the latents of each frame.

import { HOP, WINDOW } from "./frames.js";
import { plantTree } from "./tree.js";

/** @typedef {import("../../io/safetensors.js").Tensor} Tensor */

/**
 * A corpus as plain data, as it is sent to the audio thread: `audio` all sounds one behind the other `[A][S]`, `starts` the
 * sample at which each frame begins, `latents` `[count * latentDim]`, `margin` how much nearer another frame must be than
 * the one that goes on, `tree` of the frames whose latents no earlier frame has.
 * @typedef {{ audio: Float32Array[], starts: Int32Array, flags: Uint8Array, latents: Float32Array, latentDim: number,
 *   margin: number, tree: import("./tree.js").Tree }} CorpusData
 */

const FOLLOWS = 1;
const ONSET = 2;

/**
 * What the Python package's `page_corpus.py` writes. Outside of the audio thread: it takes time.
 * @param {Record<string, Tensor>} arrays
 * @returns {CorpusData}
 * @throws {Error} If they do not fit each other.
 */
export function readCorpus(arrays) {
  const { audio, sounds, steps, starts, flags, latents, distinct, margin } = arrays;
  const count = starts?.data.length ?? 0;
  const fits =
    audio?.shape.length === 2 &&
    sounds?.data.length > 0 &&
    steps?.data.length === sounds.data.length &&
    latents?.shape[0] === count &&
    flags?.data.length === count &&
    distinct?.data.length > 0 &&
    margin?.data.length === 1;
  if (!fits || !count) throw new Error("these are not sounds of a mosaic: an array is missing or of another size");
  const samples = audio.shape[1];
  for (const start of starts.data) {
    if (!(start >= 0 && start + HOP + WINDOW <= samples)) {
      throw new Error("these are not sounds of a mosaic: a frame lies outside of them");
    }
  }
  for (const frame of distinct.data) {
    if (!(frame >= 0 && frame < count)) throw new Error("a frame of a mosaic is not there");
  }
  const table = Float32Array.from(latents.data);
  return {
    audio: samplesOf(audio, sounds.data, steps.data),
    starts: Int32Array.from(starts.data),
    flags: Uint8Array.from(flags.data),
    latents: table,
    latentDim: latents.shape[1],
    margin: margin.data[0],
    tree: plantTree(table, latents.shape[1], distinct.data),
  };
}

/**
 * Samples of 16 bits as numbers, full scale being 1.
 * @param {Tensor} audio `[A, S]`.
 * @param {ArrayLike<number>} sounds Sample at which each sound begins.
 * @param {ArrayLike<number>} steps What one counts in each.
 */
function samplesOf({ data, shape: [channels, samples] }, sounds, steps) {
  return Array.from({ length: channels }, (_, a) => {
    const out = new Float32Array(samples);
    for (let k = 0; k < sounds.length; k++) {
      const end = k + 1 < sounds.length ? sounds[k + 1] : samples;
      for (let i = sounds[k]; i < end; i++) out[i] = data[a * samples + i] * steps[k];
    }
    return out;
  });
}

export class Corpus {
  /** @param {CorpusData} data */
  constructor({ audio, starts, flags, latents, latentDim, margin, tree }) {
    this.audio = audio;
    this.starts = starts;
    this._flags = flags;
    this.latents = latents;
    this.latentDim = latentDim;
    this.count = starts.length;
    this.margin = margin;
    this.tree = tree;
  }

  /** Whether a frame goes on from the one before it. @param {number} frame */
  follows(frame) {
    return frame < this.count && (this._flags[frame] & FOLLOWS) !== 0;
  }

  /** Whether something begins within a frame. @param {number} frame */
  onset(frame) {
    return (this._flags[frame] & ONSET) !== 0;
  }
}
