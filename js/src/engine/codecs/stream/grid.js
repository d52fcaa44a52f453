// What the stream model plays on, as the Python package's grid.py has it: partials a quarter tone apart, bands of noise.

import { MersenneTwister } from "../../core/mersenne_twister.js";

export const SAMPLE_RATE = 44100;
export const HOP = 512; // samples between two sets of amplitudes
export const WINDOW = 2 * HOP;
export const BINS = WINDOW / 2 + 1;
export const PARTIALS = 176;
export const BANDS = 48;
export const NOISES = 256; // pieces of noise, after which it comes again

const LOWEST = 41.203; // Hz, E1
const STEPS_PER_OCTAVE = 24;
const PHASE_SEED = 20231117;
const NOISE_SEED = 20231118;
const { fround } = Math;

/** Of the partials, Hz. */
export function frequencies() {
  return Float64Array.from({ length: PARTIALS }, (_, k) => LOWEST * 2 ** (k / STEPS_PER_OCTAVE));
}

/** Of the partials at the first sample, in turns. */
export function phases() {
  const random = new MersenneTwister(PHASE_SEED);
  return Float64Array.from({ length: PARTIALS }, () => random.uniform());
}

/** Spectra of pieces of noise `[NOISES, BINS]`: one magnitude, phases by chance. */
export function noiseTable() {
  const random = new MersenneTwister(NOISE_SEED);
  const magnitude = fround(Math.sqrt(WINDOW));
  const turn = fround(2 * Math.PI);
  const real = new Float32Array(NOISES * BINS);
  const imaginary = new Float32Array(NOISES * BINS);
  for (let i = 0; i < real.length; i++) {
    const angle = fround(random.uniform() * turn);
    real[i] = magnitude * Math.cos(angle);
    imaginary[i] = magnitude * Math.sin(angle);
  }
  return { real, imaginary };
}

/** For each bin the band above it and that band's share; and each band's power at an amplitude of 1. */
export function bandTable() {
  const top = SAMPLE_RATE / 2;
  const highest = 2595 * Math.log10(1 + top / 700);
  const centres = Float64Array.from({ length: BANDS }, (_, b) => {
    const mel = 700 * (10 ** ((highest * b) / (BANDS - 1) / 2595) - 1);
    return Math.max(mel, (b * SAMPLE_RATE) / WINDOW); // the lowest bands lie closer than bins do
  });
  const stretch = top / centres[BANDS - 1];
  for (let b = 0; b < BANDS; b++) centres[b] *= stretch;
  const above = new Uint8Array(BINS);
  const share = new Float64Array(BINS);
  const powers = new Float64Array(BANDS);
  for (let bin = 0, band = 1; bin < BINS; bin++) {
    const hertz = (bin * SAMPLE_RATE) / WINDOW;
    while (band < BANDS - 1 && centres[band] < hertz) band++;
    above[bin] = band;
    share[bin] = Math.min(1, Math.max(0, (hertz - centres[band - 1]) / (centres[band] - centres[band - 1])));
    powers[band - 1] += (1 - share[bin]) / BINS;
    powers[band] += share[bin] / BINS;
  }
  return { above, share, powers };
}
