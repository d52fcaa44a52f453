// How surely one sound is found again in another, some time later.

import { RealFFT } from "../../engine/core/real_fft.js";

/** Samples that are compared, 0.74 s at 44.1 kHz. */
export const SIZE = 32768;
/** Longest delay that is looked for, in samples. */
export const LONGEST = SIZE / 2;
const EDGE = 2048; // samples of a window's fades: an edge that is cut fits to every other one

/**
 * Compares two windows by the phases of their cross-correlation alone, so that a tone in both, which fits at every delay, says
 * nothing (C. Knapp and G. Carter, "The generalized correlation method for estimation of time delay", 1976).
 */
export class FoundAgain {
  constructor() {
    this._fft = new RealFFT(SIZE);
    this._whole = faded(0);
    this._half = faded(LONGEST);
    this._spectra = Array.from({ length: 4 }, () => new Float32Array(SIZE / 2 + 1));
    this._found = new Float32Array(SIZE);
  }

  /**
   * @param {Float32Array} heard
   * @param {Float32Array} known Of the same time.
   * @param {boolean} half Whether the second half of what is heard counts alone; the first one of what is known may be in it.
   * @returns {{ sharpness: number, delay: number }} How many times the size that all would have if they were alike the largest
   *   peak is, at most 181; and where.
   */
  find(heard, known, half) {
    const [ar, ai, br, bi] = this._spectra;
    this._fft.forward(heard, 0, half ? this._half : this._whole, ar, ai);
    this._fft.forward(known, 0, this._whole, br, bi);
    for (let k = 0; k < ar.length; k++) {
      const real = ar[k] * br[k] + ai[k] * bi[k];
      const imaginary = ai[k] * br[k] - ar[k] * bi[k];
      const size = Math.sqrt(real * real + imaginary * imaginary) + 1e-12;
      ar[k] = real / size;
      ai[k] = imaginary / size;
    }
    this._fft.inverse(ar, ai, this._found, 1 / SIZE);
    let [peak, delay] = [0, 0];
    for (let lag = 1; lag < LONGEST; lag++) {
      const size = Math.abs(this._found[lag]);
      if (size > peak) [peak, delay] = [size, lag];
    }
    return { sharpness: peak * Math.sqrt(SIZE), delay };
  }
}

/** A window that is 1 with fades within, from one sample to the end. @param {number} from */
function faded(from) {
  const rise = (/** @type {number} */ k) => 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, (k + 0.5) / EDGE));
  return Float32Array.from({ length: SIZE }, (_, i) => (i < from ? 0 : rise(i - from) * rise(SIZE - 1 - i)));
}
