// Pitch while it sounds: the scores of a network for every candidate, and a memory of the frames before.

import { RealFFT } from "../../core/real_fft.js";
import { SAMPLE_RATE } from "./tables.js";

const { fround } = Math;
const PER_SEMITONE = 3;
const LOWEST = 21; // MIDI note number of the first candidate
export const CANDIDATES = 265;
export const FFT = 8192;
const SHORT = 2048;
const PERIOD = 4096;
const FACTORS = [0.5, 1, 2, 3, 4, 5, 6, 8];
const CHANNELS = 2 * FACTORS.length + 3 + 1;
const FLOOR_DB = 70;
const AXIS = 379; // bins of the logarithmic axis, which begins an octave lower
const WIDTH = 32;
const KERNELS = [5, 5, 3, 1]; // wide
const PAD = 2; // zeros on both sides of a row
const ROW = CANDIDATES + 2 * PAD;
const MEMORY = 0.7;
const PER_BIN = 0.12 / PER_SEMITONE;
const FARTHEST = 3.5;

/** @typedef {Record<string, Float32Array>} Weights */

/** @param {number} midi */
const hertz = (midi) => 440 * 2 ** ((midi - 69) / 12);

/** @param {number} size */
export function hann(size) {
  return Float32Array.from({ length: size }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
}

/** A window at the end of a long one. @param {number} size */
function atEnd(size) {
  const window = new Float32Array(FFT);
  window.set(hann(size), FFT - size);
  return window;
}

/**
 * Weights of a filter that are not 0, from its first bin on.
 * @typedef {{ first: number, weights: Float32Array }} Filter
 */

/**
 * @param {number} bins
 * @param {(bin: number) => number} weight
 * @returns {Filter}
 */
export function sparse(bins, weight) {
  const all = Array.from({ length: bins }, (_, bin) => Math.max(0, weight(bin)));
  const first = all.findIndex((value) => value > 0);
  if (first < 0) return { first: 0, weights: new Float32Array(0) };
  const last = all.length - 1 - [...all].reverse().findIndex((value) => value > 0);
  const sum = all.reduce((a, b) => a + b, 0);
  return { first, weights: Float32Array.from(all.slice(first, last + 1), (value) => value / Math.max(sum, 1e-9)) };
}

/** Decibels of what a filter lets through. @param {Filter} filter @param {Float32Array} magnitudes */
export function level({ first, weights }, magnitudes) {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] * magnitudes[first + i];
  return 20 * Math.log10(sum + 1e-5);
}

function axisFilters() {
  const ratio = 2 ** (1 / (12 * PER_SEMITONE)) - 1;
  return Array.from({ length: AXIS }, (_, k) => {
    const centre = hertz(LOWEST - 12 + k / PER_SEMITONE) / (SAMPLE_RATE / FFT);
    const half = Math.max(centre * ratio, 1);
    return sparse(FFT / 2 + 1, (bin) => 1 - Math.abs(bin - centre) / half);
  });
}

/** Finds the pitch of one frame after the other; its work comes in steps. */
export class LivePitch {
  /** @param {Weights} weights With the prefix `pitch.net.`. */
  constructor(weights) {
    this._layers = LivePitch.layers(weights);
    this._fft = new RealFFT(FFT);
    this._real = new Float32Array(FFT / 2 + 1);
    this._imaginary = new Float32Array(FFT / 2 + 1);
    this._zeros = new Float32Array(FFT / 2 + 1);
    this._magnitudes = new Float32Array(FFT / 2 + 1);
    this._filters = axisFilters();
    this._windows = [hann(FFT), atEnd(SHORT)];
    this._periodWindow = new Float32Array(FFT);
    this._periodWindow.set(hann(PERIOD));
    this._padded = new Float32Array(FFT); // the newest samples, and as many zeros
    this._correlation = new Float32Array(FFT);
    this._own = this._autocorrelationOfWindow();
    this._lags = [1, 2, 0.5].map((factor) =>
      Float32Array.from({ length: CANDIDATES }, (_, k) => (SAMPLE_RATE / hertz(LOWEST + k / PER_SEMITONE)) * factor),
    );
    const rows = (/** @type {number} */ count) => Array.from({ length: count }, () => new Float64Array(ROW));
    this._rows = [rows(CHANNELS), rows(WIDTH), rows(WIDTH), rows(WIDTH), rows(1)];
    const height = this._rows[0][CHANNELS - 1];
    for (let k = 0; k < CANDIDATES; k++) height[PAD + k] = -1 + (2 * k) / (CANDIDATES - 1);
    this._sum = new Float64Array(CANDIDATES);
    this._axis = new Float32Array(AXIS);
    this._total = new Float64Array(CANDIDATES);
    this._chances = new Float64Array(CANDIDATES);
    this._spread = new Float64Array(CANDIDATES);
    /** How many steps a frame's work is. */
    this.steps = 11;
    this.reset();
  }

  /** Find the next pitch with these weights. @param {Weights} weights With the prefix `pitch.net.`. */
  use(weights) {
    this._layers = LivePitch.layers(weights);
  }

  /** @param {Weights} weights */
  static layers(weights) {
    return [0, 2, 4, 6].map((k) => ({
      weight: weights[`pitch.net.${k}.weight`],
      bias: weights[`pitch.net.${k}.bias`],
    }));
  }

  /** Nothing was heard yet: middle C. */
  reset() {
    for (let k = 0; k < CANDIDATES; k++) this._total[k] = -1e-4 * Math.abs(LOWEST + k / PER_SEMITONE - 60);
  }

  _autocorrelationOfWindow() {
    const ones = new Float32Array(FFT).fill(1);
    this._correlate(ones);
    const first = this._correlation[0];
    return Float32Array.from(this._correlation.subarray(0, PERIOD), (value) => Math.max(0.05, value / first));
  }

  /** @param {Float32Array} samples Of which the first `PERIOD` count. */
  _correlate(samples) {
    const { _real: real, _imaginary: imaginary } = this;
    this._fft.forward(samples, 0, this._periodWindow, real, imaginary);
    for (let k = 0; k < real.length; k++) real[k] = real[k] * real[k] + imaginary[k] * imaginary[k];
    this._fft.inverse(real, this._zeros, this._correlation, 1 / FFT);
  }

  /**
   * A step of the work for one frame.
   * @param {number} step From 0 to `steps` - 1.
   * @param {Float32Array} samples The newest `FFT` ones.
   */
  work(step, samples) {
    if (step < 2) this._spectrum(step, samples);
    else if (step === 2) this._periods(samples);
    else this._convolve(Math.floor((step - 3) / 2), (step - 3) % 2);
  }

  /**
   * @param {number} which 0: the long window, 1: the short one.
   * @param {Float32Array} samples
   */
  _spectrum(which, samples) {
    const { _real: real, _imaginary: imaginary, _magnitudes: magnitudes, _axis: axis } = this;
    this._fft.forward(samples, 0, this._windows[which], real, imaginary);
    for (let k = 0; k < real.length; k++) magnitudes[k] = Math.sqrt(real[k] * real[k] + imaginary[k] * imaginary[k]);
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < AXIS; k++) {
      axis[k] = level(this._filters[k], magnitudes);
      highest = Math.max(highest, axis[k]);
    }
    for (let k = 0; k < AXIS; k++) axis[k] = Math.max(-FLOOR_DB, axis[k] - highest) / FLOOR_DB + 1;
    for (let f = 0; f < FACTORS.length; f++) {
      const shift = 12 * PER_SEMITONE + Math.round(12 * PER_SEMITONE * Math.log2(FACTORS[f]));
      const row = this._rows[0][2 * f + which];
      for (let k = 0; k < CANDIDATES; k++) row[PAD + k] = shift + k < AXIS ? axis[shift + k] : 0;
    }
  }

  /** @param {Float32Array} samples */
  _periods(samples) {
    this._padded.set(samples.subarray(FFT - PERIOD));
    this._correlate(this._padded);
    const { _correlation: correlation, _own: own } = this;
    const power = correlation[0] + 1e-9;
    for (let i = 0; i < PERIOD; i++) correlation[i] = fround(correlation[i] / power) / own[i];
    for (let n = 0; n < this._lags.length; n++) {
      const row = this._rows[0][2 * FACTORS.length + n];
      for (let k = 0; k < CANDIDATES; k++) {
        const lag = this._lags[n][k];
        const low = Math.min(PERIOD - 2, Math.floor(lag));
        const part = Math.min(1, Math.max(0, lag - low));
        row[PAD + k] = Math.min(1.2, Math.max(-1, correlation[low] * (1 - part) + correlation[low + 1] * part));
      }
    }
  }

  /**
   * @param {number} layer
   * @param {number} part 0 is the first half of its outputs, 1 the rest.
   */
  _convolve(layer, part) {
    const input = this._rows[layer];
    const output = this._rows[layer + 1];
    const { weight, bias } = this._layers[layer];
    const size = KERNELS[layer];
    const { _sum: sum } = this;
    const half = Math.floor(output.length / 2);
    for (let o = part ? half : 0; o < (part ? output.length : half); o++) {
      sum.fill(bias[o]);
      for (let i = 0; i < input.length; i++) {
        const row = input[i];
        const at = (o * input.length + i) * size;
        if (size === 5) {
          const [a, b, c, d, e] = [weight[at], weight[at + 1], weight[at + 2], weight[at + 3], weight[at + 4]];
          for (let k = 0; k < CANDIDATES; k++) {
            sum[k] += a * row[k] + b * row[k + 1] + c * row[k + 2] + d * row[k + 3] + e * row[k + 4];
          }
        } else if (size === 3) {
          const [a, b, c] = [weight[at], weight[at + 1], weight[at + 2]];
          for (let k = 0; k < CANDIDATES; k++) sum[k] += a * row[k + 1] + b * row[k + 2] + c * row[k + 3];
        } else {
          for (let k = 0; k < CANDIDATES; k++) sum[k] += weight[at] * row[PAD + k];
        }
      }
      const row = output[o];
      const last = layer === this._layers.length - 1;
      for (let k = 0; k < CANDIDATES; k++) row[PAD + k] = last ? sum[k] : sum[k] / (1 + Math.exp(-sum[k]));
    }
  }

  /**
   * After all steps: the pitch as a MIDI note number, refined between candidates.
   * @param {boolean} audible Whether the frame is loud enough to be believed.
   */
  found(audible) {
    const scores = this._rows[4][0];
    const { _chances: chances, _total: total, _spread: spread } = this;
    let highest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < CANDIDATES; k++) highest = Math.max(highest, scores[PAD + k]);
    let sum = 0;
    for (let k = 0; k < CANDIDATES; k++) {
      chances[k] = Math.exp(scores[PAD + k] - highest);
      sum += chances[k];
    }
    let best = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < CANDIDATES; k++) {
      chances[k] /= sum;
      total[k] *= MEMORY;
      best = Math.max(best, total[k]);
    }
    // the best way to each candidate: along the axis either way, or a leap from the best of all
    for (let k = 0; k < CANDIDATES; k++) {
      spread[k] = Math.max(total[k], best - FARTHEST, k ? spread[k - 1] - PER_BIN : Number.NEGATIVE_INFINITY);
    }
    for (let k = CANDIDATES - 2; k >= 0; k--) spread[k] = Math.max(spread[k], spread[k + 1] - PER_BIN);
    // an even spread over all candidates says nothing
    const trust = audible ? Math.min(1, Math.max(0, (1 / sum - 0.01) / 0.04)) : 0;
    let place = 0;
    for (let k = 0; k < CANDIDATES; k++) {
      total[k] = spread[k] + trust * Math.log(chances[k] + 2e-3);
      if (total[k] > total[place]) place = k;
    }
    const top = total[place];
    for (let k = 0; k < CANDIDATES; k++) total[k] -= top;
    if (!audible) return LOWEST + place / PER_SEMITONE;
    let weights = 0;
    let mean = 0;
    for (let n = -2; n <= 2; n++) {
      const k = Math.min(CANDIDATES - 1, Math.max(0, place + n));
      weights += chances[k] + 1e-6;
      mean += (chances[k] + 1e-6) * (LOWEST + k / PER_SEMITONE);
    }
    return mean / weights;
  }
}
