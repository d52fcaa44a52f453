// Whether a microphone hears what this page plays: is what was played found again in what is heard, at one and the same delay?

import { RealFFT } from "../engine/core/real_fft.js";

const SIZE = 32768; // samples that are compared, 0.74 s at 44.1 kHz
const HEARD = SIZE / 2; // of them from the microphone: the rest is how far back the page's own sound may lie
const SHARP = 12; // a found delay's peak, in times the usual size of all others
const QUIET = 1e-4; // RMS below which there is nothing to compare

/** Compares the two in windows; the phases alone count, so that a tone in both, which fits at every delay, says nothing. */
export class FeedbackWatch {
  constructor() {
    this._fft = new RealFFT(SIZE);
    this._ones = new Float32Array(SIZE).fill(1);
    this._input = new Float32Array(HEARD);
    this._output = new Float32Array(SIZE);
    this._count = 0;
    /** How sharp the last window's peak was; 0 before the first. */
    this.sharpness = 0;
    /** Delay of it, samples. */
    this.delay = 0;
  }

  /**
   * A frame of both, which were heard and played at the same time.
   * @param {Float32Array} input
   * @param {Float32Array} output
   * @returns {boolean} Whether a window is whole, and the microphone hears the page.
   */
  take(input, output) {
    const { length } = input;
    this._input.copyWithin(0, length);
    this._input.set(input, HEARD - length);
    this._output.copyWithin(0, length);
    this._output.set(output, SIZE - length);
    this._count += length;
    if (this._count < SIZE) return false;
    this._count = HEARD; // half of it is new next time
    return this._compare();
  }

  _compare() {
    const heard = new Float32Array(SIZE);
    heard.set(this._input, HEARD);
    this.sharpness = 0;
    if (rms(this._input) < QUIET || rms(this._output) < QUIET) return false;
    const [ar, ai, br, bi] = Array.from({ length: 4 }, () => new Float32Array(SIZE / 2 + 1));
    this._fft.forward(heard, 0, this._ones, ar, ai);
    this._fft.forward(this._output, 0, this._ones, br, bi);
    for (let k = 0; k < ar.length; k++) {
      const real = ar[k] * br[k] + ai[k] * bi[k];
      const imaginary = ai[k] * br[k] - ar[k] * bi[k];
      const size = Math.sqrt(real * real + imaginary * imaginary) + 1e-12;
      ar[k] = real / size;
      ai[k] = imaginary / size;
    }
    const found = new Float32Array(SIZE);
    this._fft.inverse(ar, ai, found, 1 / SIZE);
    let power = 0;
    let peak = 0;
    for (let lag = 1; lag < HEARD; lag++) {
      power += found[lag] * found[lag];
      if (Math.abs(found[lag]) > peak) {
        peak = Math.abs(found[lag]);
        this.delay = lag;
      }
    }
    this.sharpness = peak / Math.sqrt(power / HEARD + 1e-20);
    return this.sharpness > SHARP;
  }
}

/** @param {Float32Array} samples */
export function rms(samples) {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return Math.sqrt(power / samples.length);
}
