// What a modulator can follow: noises, oscillators and steps, each a function of how far it has come.

import { cell, distorted, fractal, gradient, simplex, value, voronoi } from "./noise.js";

/** @type {Record<string, (seed: number, x: number, y: number) => number>} */
const NOISES = { cell, value, simplex, gradient, voronoi, distorted, fractal };
/** @type {Record<string, (phase: number) => number>} */
const CYCLES = {
  sine: (phase) => Math.sin(2 * Math.PI * phase),
  triangle: (phase) => 1 - 4 * Math.abs(phase - Math.floor(phase + 0.5)),
  saw: (phase) => 2 * phase - 1,
  square: (phase) => (phase < 0.5 ? 1 : -1),
};
const LINE = 0.5; // noise is read along a line between the lattice's rows

/**
 * A value from -1 to 1.
 * @param {string} name
 * @param {number} seed
 * @param {number} units How far a noise has come: at 1 it is in the next cell.
 * @param {number} phase Of a cycle, or of the row of steps, from 0 to below 1.
 * @param {number[]} steps The row's values.
 */
export function basis(name, seed, units, phase, steps) {
  const noise = NOISES[name];
  if (noise) return noise(seed, units, LINE);
  if (name === "steps") return steps[(Math.floor(phase * steps.length) + seed) % steps.length];
  return CYCLES[name](phase);
}
