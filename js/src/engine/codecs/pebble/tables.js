// Constants and tables of the bundled codec, as the Python package's synth.py and decoder.py have them.

import { MersenneTwister } from "../../core/mersenne_twister.js";

export const SAMPLE_RATE = 44100;
export const RATIO = 1024; // audio samples per latent frame
export const SUBFRAMES = 4; // control points per latent frame
export const HOP = RATIO / SUBFRAMES;
export const HARMONICS = 100;
export const TABLE = 2048; // samples of one period
export const BANDS = 65;
export const WINDOW = 2 * HOP; // samples of one noise segment
export const BINS = WINDOW / 2 + 1;
export const NOISE_PERIOD = 2048; // noise segments before the noise repeats
export const GLIDE = RATIO / 2; // samples within which a frame's pitch is reached
export const NYQUIST = SAMPLE_RATE / 2;
export const FADE = 0.1 * NYQUIST; // width of the fade below Nyquist, Hz
export const LATENT_DIM = 8;

const NOISE_SEED = 20200114;
const BAND_BEND = 0.04;
const { fround } = Math;

/** Spectra of the noise segments `[NOISE_PERIOD, BINS]`: one magnitude, seeded random phase. */
export function noiseTable() {
  const random = new MersenneTwister(NOISE_SEED);
  const size = NOISE_PERIOD * BINS;
  const magnitude = fround(WINDOW / Math.SQRT2);
  const turn = fround(2 * Math.PI);
  const real = new Float32Array(size);
  const imaginary = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const angle = fround(random.uniform() * turn);
    real[i] = magnitude * Math.cos(angle);
    imaginary[i] = magnitude * Math.sin(angle);
  }
  return { real, imaginary };
}

/** For each bin the band above it, and that band's share: triangles, narrow at the bottom. */
export function bandTable() {
  const knots = new Float64Array(BANDS);
  for (let b = 0; b < BANDS; b++) {
    knots[b] = 1 + ((BINS - 2) * Math.expm1(BAND_BEND * b)) / Math.expm1(BAND_BEND * (BANDS - 1));
  }
  const above = new Uint8Array(BINS);
  const share = new Float32Array(BINS);
  for (let bin = 0; bin < BINS; bin++) {
    const place = Math.min(Math.max(bin, 1), BINS - 1.001);
    let band = 0;
    while (band < BANDS && knots[band] <= place) band++;
    band = Math.min(Math.max(band, 1), BANDS - 1);
    above[bin] = band;
    share[bin] = Math.min(1, Math.max(0, (bin - knots[band - 1]) / (knots[band] - knots[band - 1])));
  }
  return { above, share };
}

/** Phase since the frame began, per Hz of this frame's pitch and of the one before, in samples of a period. */
export function motionTable() {
  const now = new Float64Array(RATIO);
  const before = new Float64Array(RATIO);
  let [a, b] = [0, 0];
  for (let i = 0; i < RATIO; i++) {
    const glide = Math.min(1, (i + 1) / GLIDE);
    a += glide;
    b += 1 - glide;
    now[i] = a * (TABLE / SAMPLE_RATE);
    before[i] = b * (TABLE / SAMPLE_RATE);
  }
  return { now, before };
}

/** The window of a noise segment; its squares overlap to one. */
export function windowTable() {
  return Float32Array.from({ length: WINDOW }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / WINDOW));
}
