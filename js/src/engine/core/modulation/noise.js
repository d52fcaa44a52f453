// Noise on a lattice in the plane: cells, values and gradients, from -1 to 1. The same numbers as the Python package's.

import { joined, mixed, seeded, unit } from "./hashing.js";

const TURN = 2 * Math.PI;
const GRADIENT = 2 / Math.sqrt(2);

/** @param {number} part */
function fade(part) {
  return part * part * part * (part * (part * 6 - 15) + 10);
}

/** A corner's slope times the way from there. @param {number} word @param {number} x @param {number} y */
export function slope(word, x, y) {
  const angle = TURN * unit(word);
  return Math.cos(angle) * x + Math.sin(angle) * y;
}

/** One value for each cell: held, then a jump. @param {number} seed @param {number} x @param {number} y */
export function cell(seed, x, y) {
  return 2 * unit(joined(joined(seeded(seed), Math.floor(x)), Math.floor(y))) - 1;
}

/** Between values at the corners. @param {number} seed @param {number} x @param {number} y */
export function value(seed, x, y) {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const u = fade(x - i);
  const v = fade(y - j);
  const left = joined(seeded(seed), i);
  const right = joined(seeded(seed), i + 1);
  const total =
    (1 - u) * (1 - v) * unit(joined(left, j)) +
    (1 - u) * v * unit(joined(left, j + 1)) +
    u * (1 - v) * unit(joined(right, j)) +
    u * v * unit(joined(right, j + 1));
  return 2 * total - 1;
}

/** Between slopes at the corners. @param {number} seed @param {number} x @param {number} y */
export function gradient(seed, x, y) {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const a = x - i;
  const b = y - j;
  const u = fade(a);
  const v = fade(b);
  const left = joined(seeded(seed), i);
  const right = joined(seeded(seed), i + 1);
  const total =
    (1 - u) * (1 - v) * slope(joined(left, j), a, b) +
    (1 - u) * v * slope(joined(left, j + 1), a, b - 1) +
    u * (1 - v) * slope(joined(right, j), a - 1, b) +
    u * v * slope(joined(right, j + 1), a - 1, b - 1);
  return total * GRADIENT;
}

const SKEW = (Math.sqrt(3) - 1) / 2;
const UNSKEW = (1 - 1 / Math.sqrt(3)) / 2;
const RADIUS = 0.5;
const SIMPLEX = 99.2;

/** @param {number} seed @param {number} i @param {number} j @param {number} x @param {number} y */
function corner(seed, i, j, x, y) {
  const near = Math.max(0, RADIUS - (x * x + y * y));
  return near * near * near * near * slope(joined(joined(seeded(seed), i), j), x, y);
}

/** Slopes at the corners of triangles. @param {number} seed @param {number} x @param {number} y */
export function simplex(seed, x, y) {
  const lean = (x + y) * SKEW;
  const i = Math.floor(x + lean);
  const j = Math.floor(y + lean);
  const back = (i + j) * UNSKEW;
  const a = x - (i - back);
  const b = y - (j - back);
  const first = a >= b ? 1 : 0; // the farthest axis first
  return (
    SIMPLEX *
    (corner(seed, i, j, a, b) +
      corner(seed, i + first, j + 1 - first, a - first + UNSKEW, b - (1 - first) + UNSKEW) +
      corner(seed, i + 1, j + 1, a - 1 + 2 * UNSKEW, b - 1 + 2 * UNSKEW))
  );
}

const VORONOI = 0.948;

/** Distance to the nearest of one point in each cell. @param {number} seed @param {number} x @param {number} y */
export function voronoi(seed, x, y) {
  const i = Math.floor(x);
  const j = Math.floor(y);
  let nearest = Number.POSITIVE_INFINITY;
  for (let di = -1; di <= 1; di++) {
    for (let dj = -1; dj <= 1; dj++) {
      const word = joined(joined(seeded(seed), i + di), j + dj);
      const across = di + unit(word) - (x - i);
      const up = dj + unit(mixed(word)) - (y - j);
      nearest = Math.min(nearest, across * across + up * up);
    }
  }
  return 2 * Math.min(1, Math.sqrt(nearest) * VORONOI) - 1;
}

/** Gradient noise at places that gradient noise has moved. @param {number} seed @param {number} x @param {number} y */
export function distorted(seed, x, y) {
  const across = x + gradient(mixed(seed + 1), x + 0.5, y + 0.5);
  const up = y + gradient(mixed(seed + 2), x + 1, y + 1);
  return gradient(seed, across, up);
}

const OCTAVES = 4;
const FRACTAL = 0.816;

/** The size of gradient noise, octave upon octave. @param {number} seed @param {number} x @param {number} y */
export function fractal(seed, x, y) {
  let total = 0;
  for (let octave = 0; octave < OCTAVES; octave++) {
    const scale = 2 ** octave;
    total += Math.abs(gradient(mixed(seed + octave), x * scale, y * scale)) / scale;
  }
  return 2 * Math.min(1, total * FRACTAL) - 1;
}
