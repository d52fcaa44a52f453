// How neighbouring frames are mixed, and how loud the mixture is played.

const EXACT = 1e-3; // distance: nearer frames are the frame itself
const LEAST = 0.03; // share of a neighbour below which it does not count
const TOLERATED_DB = 3; // a terrain's error: the corpus knows better how loud a frame was
const LOUDER_DB = 6; // most that a frame is amplified
const FADING_DB = 18; // above silence: where the level says silence, nothing is heard
const DB_PER_UNIT = 12;
const DB_CENTRE = -36; // dBFS RMS of level 0
const DB_SILENCE = -78;

/** Latent 0 of silence. */
export const QUIETEST = (DB_SILENCE - DB_CENTRE) / DB_PER_UNIT;

/**
 * @typedef {object} BlendSettings
 * @property {number} neighbours Frames that are mixed, 1 to 16.
 * @property {number} sharpness How much the nearest counts for more, 0 (all alike) to 1 (the nearest alone).
 * @property {"fade" | "hold"} distant What is heard far from every sound.
 * @property {number} reach Distance at which the fade begins.
 */

/**
 * Shares of neighbours in the mixture, together 1: inverse powers of their distances.
 * @param {Float64Array} distances
 * @param {number} count How many of them count.
 * @param {number} sharpness
 * @param {Float64Array} out Is filled.
 */
export function shares(distances, count, sharpness, out) {
  let nearest = 0;
  for (let i = 1; i < count; i++) if (distances[i] < distances[nearest]) nearest = i;
  if (sharpness >= 1) {
    for (let i = 0; i < count; i++) out[i] = i === nearest ? 1 : 0;
    return;
  }
  const power = (4 * sharpness) / (1 - sharpness);
  const least = distances[nearest] + EXACT;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    out[i] = ((distances[i] + EXACT) / least) ** -power;
    sum += out[i];
  }
  let kept = 0;
  for (let i = 0; i < count; i++) {
    out[i] = Math.max(0, out[i] / sum - LEAST);
    kept += out[i];
  }
  for (let i = 0; i < count; i++) out[i] /= kept;
}

/**
 * Linear gain of a frame.
 * @param {number} wanted Latent 0 that is asked for.
 * @param {number} there That of the frames that are mixed.
 * @param {number} distance To the nearest frame.
 * @param {BlendSettings} settings
 */
export function gainOf(wanted, there, distance, { distant, reach }) {
  const decibels = DB_PER_UNIT * (wanted - there);
  const beyond = Math.sign(decibels) * Math.max(0, Math.abs(decibels) - TOLERATED_DB);
  let gain = 10 ** (Math.min(LOUDER_DB, beyond) / 20);
  const above = DB_CENTRE + DB_PER_UNIT * wanted - DB_SILENCE;
  // what is as quiet in the corpus is played as it is there
  if (decibels < 0) gain *= Math.min(1, Math.max(0, above / FADING_DB));
  if (distant === "fade") gain *= 2 ** -Math.max(0, distance - reach);
  return gain;
}
