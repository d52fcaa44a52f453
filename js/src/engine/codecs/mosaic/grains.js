// The frames of a corpus as they are needed: cut, transformed and kept for a while.

import { RealFFT } from "../../core/real_fft.js";
import { BINS, HANN, HOP, WINDOW } from "./frames.js";
import { FrameIndex } from "./index.js";

const KEPT = 96; // spectra; one round needs 18 at most
const TINY = Math.fround(1e-6); // power: a sine of about -120 dBFS
const { fround } = Math;

/** Spectrum of a frame, each `[A][BINS]`. */
export class Grain {
  /** @param {number} channels */
  constructor(channels) {
    const bins = () => Array.from({ length: channels }, () => new Float32Array(BINS));
    this.real = bins();
    this.imaginary = bins();
    /** Natural logarithms of the absolute spectrum, once `known`. */
    this.logs = bins();
    this.known = false;
    this.frame = -1;
    /** Newest round in which it was asked for. */
    this.round = 0;
  }
}

export class Grains {
  /** @param {import("./corpus.js").Corpus} corpus */
  constructor(corpus) {
    this.corpus = corpus;
    this.index = new FrameIndex(corpus);
    this._slots = new Int16Array(corpus.count).fill(-1); // of each frame
    this.channels = corpus.audio.length;
    this._fft = new RealFFT(WINDOW);
    this._kept = Array.from({ length: KEPT }, () => new Grain(this.channels));
    this._oldest = 0;
    this._round = 0;
    this._beyond = new Grain(this.channels); // behind the last frame of a sound
  }

  /** Frames of these sounds from here on, which have as many channels. @param {import("./corpus.js").Corpus} corpus */
  use(corpus) {
    this.corpus = corpus;
    this.index = new FrameIndex(corpus);
    this._slots = new Int16Array(corpus.count).fill(-1);
    for (const grain of this._kept) grain.frame = -1;
  }

  /** What is asked for from here on stays until the next round. */
  begin() {
    this._round++;
  }

  /** A frame's spectrum; good in this round. @param {number} frame */
  grain(frame) {
    const slot = this._slots[frame];
    if (slot >= 0) {
      this._kept[slot].round = this._round;
      return this._kept[slot];
    }
    while (this._kept[this._oldest].round === this._round) this._oldest = (this._oldest + 1) % KEPT;
    const grain = this._kept[this._oldest];
    grain.round = this._round;
    if (grain.frame >= 0) this._slots[grain.frame] = -1;
    this._slots[frame] = this._oldest;
    this._oldest = (this._oldest + 1) % KEPT;
    grain.frame = frame;
    this._transform(this.corpus.starts[frame], grain);
    return grain;
  }

  /** The spectrum one hop later in the same sound, also behind its last frame. @param {number} frame */
  after(frame) {
    if (this.corpus.follows(frame + 1)) return this.grain(frame + 1);
    this._transform(this.corpus.starts[frame] + HOP, this._beyond);
    return this._beyond;
  }

  /** A grain with its logarithms. @param {number} frame */
  withLogs(frame) {
    const grain = this.grain(frame);
    if (grain.known) return grain;
    for (let a = 0; a < this.channels; a++) {
      const real = grain.real[a];
      const imaginary = grain.imaginary[a];
      const logs = grain.logs[a];
      for (let k = 0; k < BINS; k++) {
        logs[k] = 0.5 * Math.log(fround(real[k] * real[k] + imaginary[k] * imaginary[k] + TINY));
      }
    }
    grain.known = true;
    return grain;
  }

  /**
   * @param {Float32Array} real `[BINS]`.
   * @param {Float32Array} imaginary `[BINS]`.
   * @param {Float32Array} out Is filled with the samples, `[WINDOW]`.
   */
  samples(real, imaginary, out) {
    this._fft.inverse(real, imaginary, out, 1 / WINDOW);
  }

  /**
   * @param {number} start
   * @param {Grain} grain
   */
  _transform(start, grain) {
    for (let a = 0; a < this.channels; a++) {
      this._fft.forward(this.corpus.audio[a], start, HANN, grain.real[a], grain.imaginary[a]);
    }
    grain.known = false;
  }
}
