// The sounds that a mosaic is made of, cut into frames, with the latents of each frame.

import { HOP, WINDOW } from "./frames.js";

/** @typedef {import("../../io/safetensors.js").Tensor} Tensor */

const FOLLOWS = 1;
const ONSET = 2;
const FULL_SCALE = 32768;

export class Corpus {
  /**
   * @param {Record<string, Tensor>} arrays As the Python package's `page_corpus.py` writes them.
   * @throws {Error} If they do not fit each other.
   */
  constructor(arrays) {
    const { audio, starts, flags, latents, distinct, margin } = arrays;
    const count = starts?.data.length ?? 0;
    const fits =
      audio?.shape.length === 2 &&
      latents?.shape[0] === count &&
      flags?.data.length === count &&
      distinct?.data.length > 0 &&
      margin?.data.length === 1;
    if (!fits || !count) throw new Error("these are not sounds of a mosaic: an array is missing or of another size");
    const [channels, samples] = audio.shape;
    const whole = audio.data instanceof Int16Array ? Float32Array.from(audio.data, (x) => x / FULL_SCALE) : audio.data;
    /** A: all sounds one behind the other, `[A][S]`. */
    this.audio = Array.from({ length: channels }, (_, a) => whole.subarray(a * samples, (a + 1) * samples));
    /** Sample at which each frame begins. */
    this.starts = starts.data;
    this._flags = flags.data;
    this.latents = Float32Array.from(latents.data);
    this.latentDim = latents.shape[1];
    this.count = count;
    /** Frames whose latents no earlier frame has. */
    this.distinct = distinct.data;
    /** How much nearer another frame must be than the one that goes on. */
    this.margin = margin.data[0];
    for (let k = 0; k < count; k++) {
      if (!(this.starts[k] >= 0 && this.starts[k] + HOP + WINDOW <= samples)) {
        throw new Error("these are not sounds of a mosaic: a frame lies outside of them");
      }
    }
    for (let k = 0; k < this.distinct.length; k++) {
      if (!(this.distinct[k] >= 0 && this.distinct[k] < count)) throw new Error("a frame of a mosaic is not there");
    }
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
