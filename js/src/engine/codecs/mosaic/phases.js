// Phases that go on when the sound jumps from one frame of the corpus to another: all bins around one peak are turned by
// the same angle, at which the old sound and the new correlate best (Laroche and Dolson, 1999).

import { BINS } from "./frames.js";

/** A turn of each bin, of absolute value 1. */
export class Turn {
  constructor() {
    /** Whether nothing is turned. */
    this.none = true;
    this.real = new Float32Array(BINS).fill(1);
    this.imaginary = new Float32Array(BINS);
    this._power = new Float32Array(BINS);
    this._productRe = new Float64Array(BINS);
    this._productIm = new Float64Array(BINS);
  }

  /** Nothing is turned. */
  reset() {
    this.none = true;
    this.real.fill(1);
    this.imaginary.fill(0);
  }

  /**
   * Turn the arriving frame so that it meets what the sound before goes on to, turned as it was.
   * @param {Pick<import("./grains.js").Grain, "real" | "imaginary">} goingOn
   * @param {import("./grains.js").Grain} arriving
   */
  meet(goingOn, arriving) {
    const { real, imaginary, _power: power, _productRe: pr, _productIm: pi } = this;
    this.none = false;
    for (let a = 0; a < arriving.real.length; a++) {
      const [gr, gi, ar, ai] = [goingOn.real[a], goingOn.imaginary[a], arriving.real[a], arriving.imaginary[a]];
      for (let k = 0; k < BINS; k++) {
        const x = gr[k];
        const y = gi[k];
        const re = ar[k];
        const im = ai[k];
        const tr = x * real[k] - y * imaginary[k];
        const ti = x * imaginary[k] + y * real[k];
        pr[k] = (a ? pr[k] : 0) + tr * re + ti * im;
        pi[k] = (a ? pi[k] : 0) + ti * re - tr * im;
        power[k] = (a ? power[k] : 0) + re * re + im * im;
      }
    }
    // a region around each peak, up to half way to the next
    let start = 0;
    let peak = -1;
    for (let k = 1; k < BINS - 1; k++) {
      if (!(power[k] > power[k - 1] && power[k] >= power[k + 1])) continue;
      if (peak >= 0) {
        const end = (peak + k + 1) >> 1;
        this._turn(start, end);
        start = end;
      }
      peak = k;
    }
    this._turn(start, BINS);
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  _turn(start, end) {
    const { real, imaginary, _productRe: pr, _productIm: pi } = this;
    let re = 0;
    let im = 0;
    for (let k = start; k < end; k++) {
      re += pr[k];
      im += pi[k];
    }
    const size = Math.sqrt(re * re + im * im); // many times as fast as Math.hypot
    const meets = size > 1e-20;
    const x = meets ? re / size : 1;
    const y = meets ? im / size : 0;
    for (let k = start; k < end; k++) {
      real[k] = x;
      imaginary[k] = y;
    }
  }
}
