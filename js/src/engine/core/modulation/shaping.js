// From a basis to what is added to a latent: speed, energy, deviation, and what happens at the limits.

import { joined, seeded, unit } from "./hashing.js";

const LARGEST = 3;

/** Energy or deviation as a factor: sign(s) s²/3. @param {number} amount */
export function curved(amount) {
  return (amount * Math.abs(amount)) / LARGEST;
}

/** How many cells of noise, or free cycles, a second has. @param {number} jump From -100 to 100. */
export function unitsPerSecond(jump) {
  return 25 * (0.01 + 0.99 * ((jump + 100) / 200) ** 2.3);
}

/** A value that is kept within ±limit. @param {number} value @param {string} mode @param {number} limit */
export function bounded(value, mode, limit) {
  if (mode === "clip") return Math.min(Math.max(value, -limit), limit);
  if (mode === "wrap") {
    const share = (value + limit) / (2 * limit);
    return (share - Math.floor(share)) * 2 * limit - limit;
  }
  if (mode === "fold") {
    const share = (value + limit) / (4 * limit);
    return limit - Math.abs(share - Math.floor(share) - 0.5) * 4 * limit;
  }
  return value;
}

/** A loop's length, by its seed. @param {number} seconds @param {number} chaos 0 to 1. @param {number} seed */
export function stretched(seconds, chaos, seed) {
  return seconds * 2 ** (chaos * (2 * unit(joined(seeded(seed), -1)) - 1));
}
