// Numbers by chance that are the same everywhere: integer hashes of a seed and a cell, as in terrain_widgets/core.

/** A word's bits mixed. @param {number} word @returns {number} unsigned, 32 bits */
export function mixed(word) {
  let bits = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** The word that a cell's coordinates are added to. @param {number} seed */
export function seeded(seed) {
  return mixed(seed ^ 0x9e3779b9);
}

/** One more coordinate of a cell, which counts modulo 2³². @param {number} word @param {number} cell */
export function joined(word, cell) {
  return mixed(word ^ (cell | 0));
}

/** A word as a number from 0 to below 1. @param {number} word */
export function unit(word) {
  return word * 2 ** -32;
}
