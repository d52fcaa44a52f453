// Between two arrays of numbers.

const { fround } = Math;

/**
 * `(1 - share) * one + share * other` in single precision, exact at 1.
 * @param {ArrayLike<number>} one
 * @param {ArrayLike<number>} other
 * @param {number} share Above 0.
 */
export function blended(one, other, share) {
  if (share >= 1) return Float32Array.from(other);
  const part = fround(share);
  return Float32Array.from(one, (value, i) => value + fround(part * fround(other[i] - value)));
}
