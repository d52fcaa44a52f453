// Which frames of the corpus are nearest to a place in latent space, and which of them is played on.

import { NearestPoints } from "./nearest.js";

export const MOST_NEIGHBOURS = 16;

/** The newest choice is in its fields, until the next. */
export class FrameIndex {
  /** @param {import("./corpus.js").Corpus} corpus */
  constructor(corpus) {
    this._corpus = corpus;
    this._nearest = new NearestPoints(corpus.tree, corpus.latentDim, MOST_NEIGHBOURS);
    /** The frame whose phases are played. */
    this.frame = 0;
    /** Whether it follows the one that was played before. */
    this.continued = false;
    /** How many frames are mixed. */
    this.count = 0;
    this.frames = new Int32Array(MOST_NEIGHBOURS);
    this.distances = new Float64Array(MOST_NEIGHBOURS);
  }

  /**
   * The frame that follows `before` is preferred to a nearer one that is not clearly nearer: a sound that is passed goes on
   * as it did, and the nearest frame does not flicker between two sounds.
   * @param {Float64Array} place `[D]`.
   * @param {number} before The frame that was played last, or -1.
   * @param {number} k How many neighbours, at least 1.
   */
  choose(place, before, k) {
    const { frames, distances, _nearest: nearest } = this;
    this.count = nearest.search(place, k);
    for (let i = 0; i < this.count; i++) {
      frames[i] = nearest.found[i];
      distances[i] = Math.sqrt(nearest.squares[i]);
    }
    const following = before + 1;
    this.frame = frames[0];
    this.continued = false;
    if (before < 0 || !this._corpus.follows(following)) return;
    const away = this._distance(following, place);
    if (away > distances[0] + this._corpus.margin) {
      this.continued = frames[0] === following;
      return;
    }
    this.frame = following;
    this.continued = true;
    for (let i = 0; i < this.count; i++) if (frames[i] === following) return;
    frames[this.count - 1] = following;
    distances[this.count - 1] = away;
  }

  /**
   * @param {number} frame
   * @param {Float64Array} place
   */
  _distance(frame, place) {
    const { latents, latentDim } = this._corpus;
    let square = 0;
    for (let d = 0; d < latentDim; d++) square += (latents[frame * latentDim + d] - place[d]) ** 2;
    return Math.sqrt(square);
  }
}
