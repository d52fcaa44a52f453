// The encoder of `pebble` for live sound: each frame from itself and what came before it, in steps of even work.

import { affine } from "../../core/linear.js";
import { RealFFT } from "../../core/real_fft.js";
import { FFT, hann, LivePitch, level, sparse } from "./live_pitch.js";
import { HOP, LATENT_DIM, RATIO, SAMPLE_RATE, SUBFRAMES } from "./tables.js";

const { fround } = Math;
const MELS = 64;
const MEL_WINDOW = 1024;
const BEFORE = (MEL_WINDOW - HOP) / 2;
const [LOWEST, HIGHEST] = [40, 20000]; // Hz
const STEPS = 8; // levels of a frame's eighths
const WIDTH = 128;
const AUDIBLE = -2.5; // latent 1 below which a frame's pitch is not believed
const QUIETEST = -3.5;
const PREFIX = "encoder.";
const SEEN = SUBFRAMES * MELS + 1 + STEPS;

/** @typedef {import("./live_pitch.js").Weights} Weights */

function melFilters() {
  const mel = (/** @type {number} */ hertz) => 2595 * Math.log10(1 + hertz / 700);
  const [low, high] = [mel(LOWEST), mel(HIGHEST)];
  const edge = (/** @type {number} */ k) => 700 * (10 ** ((low + ((high - low) * k) / (MELS + 1)) / 2595) - 1);
  const bin = SAMPLE_RATE / MEL_WINDOW;
  return Array.from({ length: MELS }, (_, k) => {
    const centre = edge(k + 1);
    const below = Math.min(edge(k), centre - bin);
    const above = Math.max(edge(k + 2), centre + bin);
    return sparse(MEL_WINDOW / 2 + 1, (i) =>
      Math.min((i * bin - below) / (centre - below), (above - i * bin) / (above - centre)),
    );
  });
}

/** @param {Float64Array} row Is changed. */
function silu(row) {
  for (let i = 0; i < row.length; i++) row[i] /= 1 + Math.exp(-row[i]);
}

export class LiveEncoder {
  /** @param {Weights} weights By name, without the prefix `encoder.`. */
  constructor(weights) {
    this._own = this._weights = weights;
    this._pitch = new LivePitch(weights);
    this._samples = new Float32Array(FFT);
    this._fft = new RealFFT(MEL_WINDOW);
    this._window = hann(MEL_WINDOW);
    this._filters = melFilters();
    this._real = new Float32Array(MEL_WINDOW / 2 + 1);
    this._imaginary = new Float32Array(MEL_WINDOW / 2 + 1);
    this._padded = new Float32Array(BEFORE + RATIO + BEFORE);
    this._seen = new Float64Array(SEEN);
    this._hidden = new Float64Array(WIDTH);
    this._three = new Float64Array(3 * WIDTH); // channel by channel: the frame before, this one, this one
    this._context = new Float64Array(WIDTH);
    this._timbre = new Float64Array(LATENT_DIM - 2);
    /** Of the newest frame, `[D]`. */
    this.latents = new Float32Array(LATENT_DIM);
    /** How many steps a frame's work is. */
    this.steps = this._pitch.steps + 1;
    this.delayFrames = 0;
  }

  /**
   * Encode the next frame with some weights other than its own.
   * @param {Weights} weights By name, with the prefix `encoder.`; others are left out, and none is its own hearing.
   */
  bend(weights) {
    const heard = Object.entries(weights).filter(([name]) => name.startsWith(PREFIX));
    this._weights = {
      ...this._own,
      ...Object.fromEntries(heard.map(([name, own]) => [name.slice(PREFIX.length), own])),
    };
    this._pitch.use(this._weights);
  }

  /** Back to silence. */
  reset() {
    this._samples.fill(0);
    this._hidden.fill(0);
    this._pitch.reset();
  }

  /** A frame has been heard. @param {Float32Array[]} audio `[1][RATIO]`. */
  take(audio) {
    this._samples.copyWithin(0, RATIO);
    const from = FFT - RATIO;
    for (let i = 0; i < RATIO; i++) {
      const value = audio[0][i];
      this._samples[from + i] = Number.isFinite(value) ? value : 0;
    }
  }

  /** A step of its work; after the last one `latents` are the frame's. @param {number} step */
  work(step) {
    if (step < this._pitch.steps) this._pitch.work(step, this._samples);
    else this._finish();
  }

  /** All of the work at once. @param {Float32Array[]} audio */
  encode(audio) {
    this.take(audio);
    for (let step = 0; step < this.steps; step++) this.work(step);
    return this.latents;
  }

  _finish() {
    const { latents, _samples: samples } = this;
    let power = 0;
    for (let i = FFT - RATIO; i < FFT; i++) power += samples[i] * samples[i];
    latents[1] = Math.max(QUIETEST, (10 * Math.log10(power / RATIO + 1e-12) + 36) / 12);
    latents[0] = (fround(this._pitch.found(latents[1] > AUDIBLE)) - 60) / 12;
    this._look();
    this._learned();
  }

  /** What the network sees: four spectra, the pitch, the levels of the frame's eighths. */
  _look() {
    const { _padded: padded, _seen: seen, _real: real, _imaginary: imaginary } = this;
    padded.set(this._samples.subarray(FFT - RATIO - BEFORE));
    for (let s = 0; s < SUBFRAMES; s++) {
      this._fft.forward(padded, s * HOP, this._window, real, imaginary);
      for (let k = 0; k < real.length; k++) real[k] = Math.sqrt(real[k] * real[k] + imaginary[k] * imaginary[k]);
      for (let m = 0; m < MELS; m++) seen[s * MELS + m] = level(this._filters[m], real);
    }
    LiveEncoder.relative(seen, 0, SUBFRAMES * MELS);
    seen[SUBFRAMES * MELS] = this.latents[0];
    const size = RATIO / STEPS;
    const first = SUBFRAMES * MELS + 1;
    for (let n = 0; n < STEPS; n++) {
      let power = 0;
      for (let i = 0; i < size; i++) power += padded[BEFORE + n * size + i] ** 2;
      seen[first + n] = 10 * Math.log10(power / size + 1e-10);
    }
    LiveEncoder.relative(seen, first, SEEN);
  }

  /**
   * Decibels below the largest, as the network sees them.
   * @param {Float64Array} values Are changed.
   * @param {number} from
   * @param {number} to
   */
  static relative(values, from, to) {
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = from; i < to; i++) highest = Math.max(highest, values[i]);
    for (let i = from; i < to; i++) values[i] = Math.max(-70, values[i] - highest) / 35 + 1;
  }

  _learned() {
    const { _weights: w, _three: three, _hidden: hidden, _context: context, _timbre: timbre } = this;
    for (let c = 0; c < WIDTH; c++) three[3 * c] = hidden[c];
    affine(w["timbre.columns.weight"], w["timbre.columns.bias"], this._seen, hidden, WIDTH, SEEN);
    silu(hidden);
    for (let c = 0; c < WIDTH; c++) three[3 * c + 1] = three[3 * c + 2] = hidden[c];
    affine(w["timbre.context.weight"], w["timbre.context.bias"], three, context, WIDTH, 3 * WIDTH);
    silu(context);
    affine(w["timbre.out.weight"], w["timbre.out.bias"], context, timbre, timbre.length, WIDTH);
    const mean = w["timbre.norm.running_mean"];
    const variance = w["timbre.norm.running_var"];
    for (let d = 0; d < timbre.length; d++) {
      const value = (timbre[d] - mean[d]) / Math.sqrt(variance[d] + 1e-5);
      this.latents[2 + d] = 3.5 * Math.tanh(value / 3.5);
    }
  }
}
