// How loud something is, as a movement.

/** The basis that follows the level of what is heard live. */
export const ENVELOPE = "envelope";
const FLOOR_DB = 60;

/**
 * From 0, at 60 dB below full scale and for less, to 1 at full scale, even in decibels.
 * @param {Float32Array} samples Of one frame.
 */
export function levelOf(samples) {
  let power = 0;
  for (let i = 0; i < samples.length; i++) power += samples[i] * samples[i];
  const decibels = 10 * Math.log10(power / samples.length + 1e-12);
  return Math.min(1, Math.max(0, 1 + decibels / FLOOR_DB));
}
