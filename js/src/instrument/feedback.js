// Whether a microphone may hear what this page plays: is what was played found again in what is heard, at one delay?

import { RealFFT } from "../engine/core/real_fft.js";

const SIZE = 32768; // samples that are compared, 0.74 s at 44.1 kHz
const HEARD = SIZE / 2; // of them from the microphone: the rest is how far back the page's own sound may lie
const SHARP = 20; // a found delay's peak, in times the usual size of all others
const QUIET = 1e-4; // RMS below which there is nothing to compare
const EDGE = 2048; // samples of a window's fades: an edge that is cut fits to every other one
export const SAME = 700; // samples by which the delay wanders, 16 ms: a busy machine's stores grow and shrink
const WINDOWS = 16; // that are remembered, without what is quiet
const FIRST = 0.5; // of the largest peak: what goes round comes again, and the first time tells the way
const [NEWEST, FOUND] = [5, 3]; // so many of the newest must agree: what fits once does so at another delay the next time

/**
 * Compares the two in windows; the phases alone count, so that a tone in both, which fits at every delay, says nothing.
 * What sounds seldom, such as a drum, fits somewhere in each window, but at another delay each time.
 */
export class FeedbackWatch {
  constructor() {
    this._fft = new RealFFT(SIZE);
    this._faded = faded(0, SIZE);
    this._fadedHalf = faded(SIZE - HEARD, SIZE);
    this._input = new Float32Array(HEARD);
    this._output = new Float32Array(SIZE);
    this._count = 0;
    /** How sharp the last window's peak was; 0 before the first. */
    this.sharpness = 0;
    /** Delay of it, samples. */
    this.delay = 0;
    /** How many windows agree with the last one, itself among them. */
    this.agreeing = 0;
    /** Delays of the newest windows, 0 where nothing was found. @type {number[]} */
    this._delays = [];
  }

  /**
   * A frame of both, which were heard and played at the same time.
   * @param {Float32Array} input
   * @param {Float32Array} output
   * @returns {boolean} Whether a window is whole, and by it and those before the microphone may hear the page.
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
    this._fft.forward(heard, 0, this._fadedHalf, ar, ai);
    this._fft.forward(this._output, 0, this._faded, br, bi);
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
    for (let lag = 1; lag < this.delay; lag++) if (Math.abs(found[lag]) > FIRST * peak) this.delay = lag;
    this.sharpness = peak / Math.sqrt(power / HEARD + 1e-20);
    this._delays.push(this.sharpness > SHARP ? this.delay : 0);
    if (this._delays.length > WINDOWS) this._delays.shift();
    this.agreeing = 0;
    if (this.sharpness <= SHARP) return false;
    const alike = this._delays.map((delay) => delay > 0 && Math.abs(delay - this.delay) <= SAME);
    this.agreeing = alike.filter(Boolean).length;
    return alike.slice(-NEWEST).filter(Boolean).length >= FOUND;
  }
}

/**
 * A window of `SIZE` samples that is 1 from one to another, with fades within.
 * @param {number} from
 * @param {number} to
 */
function faded(from, to) {
  const rise = (/** @type {number} */ k) => 0.5 - 0.5 * Math.cos(Math.PI * Math.min(1, (k + 0.5) / EDGE));
  return Float32Array.from({ length: SIZE }, (_, i) => (i < from || i >= to ? 0 : rise(i - from) * rise(to - 1 - i)));
}

/** @param {Float32Array} samples */
export function rms(samples) {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return Math.sqrt(power / samples.length);
}
