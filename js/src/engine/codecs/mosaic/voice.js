// One row of a mosaic stream: what it played last, and the tail that still sounds.

import { gainOf, QUIETEST, shares } from "./blend.js";
import { BINS, BOTH_WINDOWS, HOP, RUN_UP, SYNTHESIS, WINDOW } from "./frames.js";
import { MOST_NEIGHBOURS } from "./index.js";
import { Turn } from "./phases.js";

const FARTHEST = 8; // latents beyond are limited
const MOST_NEPERS = 5; // that a bin is amplified: of one that holds nothing the phase is chance
const { fround } = Math;

export class MosaicVoice {
  /** @param {import("./grains.js").Grains} grains */
  constructor(grains) {
    this.grains = grains;
    const all = (/** @type {number} */ length) =>
      Array.from({ length: grains.channels }, () => new Float32Array(length));
    this._frame = -1; // played last
    this._began = false; // this frame is the first
    this._left = false; // other sounds were played last
    this._goingOn = { real: all(BINS), imaginary: all(BINS) }; // what those would have gone on to
    this._gain = 0;
    this._asItIs = false; // this frame is played as it is in its sound
    this._turn = new Turn();
    this._place = new Float64Array(grains.corpus.latentDim);
    this._tail = all(WINDOW);
    this._real = all(BINS);
    this._imaginary = all(BINS);
    this._samples = new Float32Array(WINDOW);
    this._mean = new Float32Array(BINS);
    this._weights = new Float64Array(MOST_NEIGHBOURS);
  }

  /** From silence. */
  reset() {
    this._frame = -1;
    this._left = false;
    this._turn.reset();
    this._place.fill(0);
    for (const tail of this._tail) tail.fill(0);
  }

  /** The grains are about to be those of other sounds: the next frame meets what these would have gone on to. */
  leave() {
    if (this._frame < 0) return;
    const { real, imaginary } = this.grains.after(this._frame);
    for (let a = 0; a < real.length; a++) {
      this._goingOn.real[a].set(real[a]);
      this._goingOn.imaginary[a].set(imaginary[a]);
    }
    this._frame = -1;
    this._left = true;
  }

  /**
   * Choose what the next hop adds.
   * @param {Float32Array} latents `[D]`.
   * @param {import("./blend.js").BlendSettings} settings
   */
  begin(latents, settings) {
    const { index, corpus } = this.grains;
    this.grains.begin();
    let silent = false;
    for (let d = 0; d < latents.length; d++) silent = silent || !Number.isFinite(latents[d]);
    if (!silent) {
      for (let d = 0; d < latents.length; d++) this._place[d] = Math.min(FARTHEST, Math.max(-FARTHEST, latents[d]));
    }
    index.choose(this._place, this._frame, settings.neighbours);
    const { frame, continued, distances } = index;
    const single = corpus.onset(frame); // a mixture would blur what begins
    let level = corpus.latents[frame * corpus.latentDim];
    if (!single) {
      shares(distances, index.count, settings.sharpness, this._weights);
      level = 0;
      for (let i = 0; i < index.count; i++) {
        level += this._weights[i] * corpus.latents[index.frames[i] * corpus.latentDim];
      }
    }
    const wanted = silent ? QUIETEST : this._place[0];
    this._gain = fround(gainOf(wanted, level, distances[0], settings));
    this._began = this._frame < 0 && !this._left;
    if (!continued && !this._began) {
      // what begins has no past, and its bins belong together
      if (single) this._turn.reset();
      else this._turn.meet(this._left ? this._goingOn : this.grains.after(this._frame), this.grains.grain(frame));
    }
    this._mix(frame, single);
    this._left = false;
    this._frame = frame;
  }

  /**
   * The frame's spectrum with the geometric mean of its neighbours' magnitudes, turned.
   * @param {number} frame
   * @param {boolean} single
   */
  _mix(frame, single) {
    const { grains, _mean: mean, _weights: weights, _turn: turn } = this;
    const { frames, count } = grains.index;
    let counted = 0;
    let only = frame;
    for (let i = 0; i < (single ? 0 : count); i++) {
      if (weights[i] <= 0) continue;
      counted++;
      only = frames[i];
    }
    const plain = single || (counted === 1 && only === frame);
    this._asItIs = plain && turn.none;
    if (this._asItIs) return;
    for (let a = 0; a < grains.channels; a++) {
      if (!plain) this._logMean(frame, a);
      const [cos, sin] = [turn.real, turn.imaginary];
      const grain = grains.grain(frame);
      const [re, im] = [grain.real[a], grain.imaginary[a]];
      const [real, imaginary] = [this._real[a], this._imaginary[a]];
      for (let k = 0; k < BINS; k++) {
        const factor = plain ? 1 : fround(Math.exp(Math.min(mean[k], MOST_NEPERS)));
        const x = re[k] * factor;
        const y = im[k] * factor;
        real[k] = x * cos[k] - y * sin[k];
        imaginary[k] = x * sin[k] + y * cos[k];
      }
    }
  }

  /**
   * How much louder each bin is in the mixture than in the frame, in nepers.
   * @param {number} frame
   * @param {number} a Channel.
   */
  _logMean(frame, a) {
    const { grains, _mean: mean, _weights: weights } = this;
    const { frames, count } = grains.index;
    const own = grains.withLogs(frame).logs[a];
    for (let k = 0; k < BINS; k++) mean[k] = -own[k];
    for (let i = 0; i < count; i++) {
      if (weights[i] <= 0) continue;
      const weight = fround(weights[i]);
      const logs = grains.withLogs(frames[i]).logs[a];
      for (let k = 0; k < BINS; k++) mean[k] += weight * logs[k];
    }
  }

  /**
   * The next samples.
   * @param {Float32Array[]} audio Is filled, `[A][HOP]`.
   */
  hop(audio) {
    const { grains, _samples: samples, _gain: gain } = this;
    const start = grains.corpus.starts[this._frame];
    for (let a = 0; a < grains.channels; a++) {
      const tail = this._tail[a];
      if (this._began) {
        const own = grains.corpus.audio[a];
        for (let i = 0; i < WINDOW; i++) tail[i] += own[start + i] * RUN_UP[i] * gain;
      }
      if (this._asItIs) {
        const own = grains.corpus.audio[a];
        for (let i = 0; i < WINDOW; i++) tail[i] += own[start + i] * BOTH_WINDOWS[i] * gain;
      } else {
        grains.samples(this._real[a], this._imaginary[a], samples);
        for (let i = 0; i < WINDOW; i++) tail[i] += samples[i] * SYNTHESIS[i] * gain;
      }
      for (let i = 0; i < HOP; i++) audio[a][i] = tail[i];
      tail.copyWithin(0, HOP);
      tail.fill(0, WINDOW - HOP);
    }
  }
}
