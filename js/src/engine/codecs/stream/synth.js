// The stream model's sound: each hop a window of partials in the phase that they have reached, and of noise.

import { RealFFT } from "../../core/real_fft.js";
import { CELL } from "./decoder.js";
import {
  BINS,
  bandTable,
  frequencies,
  HOP,
  NOISES,
  noiseTable,
  PARTIALS,
  phases,
  SAMPLE_RATE,
  WINDOW,
} from "./grid.js";

const AT_ONCE = 4; // partials, which a processor computes beside each other
const UNHEARD = 1e-9; // amplitude

export class PartialsAndNoise {
  constructor() {
    const hertz = frequencies();
    this._phases = phases();
    this._turns = hertz.map((value) => (value * HOP) / SAMPLE_RATE);
    this._steps = hertz.map((value) => (2 * Math.PI * value) / SAMPLE_RATE);
    this._twice = this._steps.map((step) => 2 * Math.cos(step));
    this._hann = Float64Array.from({ length: WINDOW }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW));
    this._fade = Float64Array.from({ length: WINDOW }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / WINDOW));
    this._noise = noiseTable();
    this._bands = bandTable();
    this._fft = new RealFFT(WINDOW);
    this._re = new Float32Array(BINS);
    this._im = new Float32Array(BINS);
    this._grain = new Float32Array(WINDOW);
    this._sum = new Float64Array(WINDOW);
    this._now = new Float64Array(AT_ONCE);
    this._next = new Float64Array(AT_ONCE);
  }

  /**
   * One hop of sound.
   * @param {Float64Array} amplitudes `[hops][CELL]`.
   * @param {number} hop Which of them.
   * @param {number} count Number of the hop since the stream began: it chooses phases and noise.
   * @param {Float32Array} tail What still sounds, `[HOP]`; is changed.
   * @param {Float32Array} audio `[ratio]`, of which `HOP` samples are filled.
   */
  run(amplitudes, hop, count, tail, audio) {
    const { _sum: sum, _hann: hann, _fade: fade, _grain: grain } = this;
    this._partials(amplitudes, hop * CELL, count);
    this._grains(amplitudes, hop * CELL + PARTIALS, count);
    for (let n = 0, at = hop * HOP; n < HOP; n++, at++) audio[at] = sum[n] * hann[n] + grain[n] * fade[n] + tail[n];
    for (let n = HOP; n < WINDOW; n++) tail[n - HOP] = sum[n] * hann[n] + grain[n] * fade[n];
  }

  /**
   * The sum of the partials, each by the recurrence of a cosine: `y[n + 1] = 2 cos(w) y[n] - y[n - 1]`.
   * @param {Float64Array} amplitudes
   * @param {number} from Where the first one's is.
   * @param {number} count
   */
  _partials(amplitudes, from, count) {
    const { _sum: sum, _now: now, _next: next, _twice: twice } = this;
    sum.fill(0);
    for (let k = 0; k < PARTIALS; k += AT_ONCE) {
      let heard = false;
      for (let j = 0; j < AT_ONCE; j++) {
        const amplitude = amplitudes[from + k + j];
        const turns = count * this._turns[k + j] + this._phases[k + j];
        const angle = 2 * Math.PI * (turns - Math.floor(turns));
        now[j] = amplitude * Math.cos(angle);
        next[j] = amplitude * Math.cos(angle + this._steps[k + j]);
        heard ||= amplitude > UNHEARD;
      }
      if (!heard) continue;
      let a = now[0];
      let b = now[1];
      let c = now[2];
      let d = now[3];
      let a1 = next[0];
      let b1 = next[1];
      let c1 = next[2];
      let d1 = next[3];
      const ta = twice[k];
      const tb = twice[k + 1];
      const tc = twice[k + 2];
      const td = twice[k + 3];
      for (let n = 0; n < WINDOW; n++) {
        sum[n] += a + b + (c + d);
        const a2 = ta * a1 - a;
        const b2 = tb * b1 - b;
        const c2 = tc * c1 - c;
        const d2 = td * d1 - d;
        a = a1;
        b = b1;
        c = c1;
        d = d1;
        a1 = a2;
        b1 = b2;
        c1 = c2;
        d1 = d2;
      }
    }
  }

  /**
   * @param {Float64Array} amplitudes
   * @param {number} from Where the first band's is.
   * @param {number} count
   */
  _grains(amplitudes, from, count) {
    const { above, share } = this._bands;
    const row = (count % NOISES) * BINS;
    for (let bin = 0; bin < BINS; bin++) {
      const band = above[bin];
      const low = amplitudes[from + band - 1];
      const gain = low + share[bin] * (amplitudes[from + band] - low);
      this._re[bin] = this._noise.real[row + bin] * gain;
      this._im[bin] = this._noise.imaginary[row + bin] * gain;
    }
    this._fft.inverse(this._re, this._im, this._grain, 1 / WINDOW);
  }
}
