// A walk through latent space without end, made step by step: the twin of core/exploration/endless_walk.py and walk.py.

import { joined, seeded, unit } from "../modulation/hashing.js";

/** @typedef {import("../../io/safetensors.js").Tensor} Tensor */
/**
 * How it goes.
 * @typedef {object} EndlessWalk
 * @property {number} seed Of the random directions.
 * @property {number} every Latent frames from one place to the next, 1 or more.
 * @property {number} length Of a step, in latent units.
 * @property {number} momentum How much of the last step's direction is kept.
 * @property {number} pull How strongly it is drawn to the middle, or to its target.
 * @property {number} radius How near it stays to `near`.
 * @property {ArrayLike<number>} start `[D]`.
 * @property {ArrayLike<number> | null} target `[D]`.
 * @property {ArrayLike<number> | null} low Smallest latents `[D]`.
 * @property {ArrayLike<number> | null} high Largest latents `[D]`.
 * @property {ArrayLike<number> | null} near Latents `[N, D]`.
 */

const ARRAYS = /** @type {const} */ (["start", "target", "low", "high", "near"]);

/**
 * The walk that was packed.
 * @param {Record<string, number>} config
 * @param {Record<string, Tensor>} arrays Its own, by name.
 * @returns {EndlessWalk}
 * @throws {Error} If something is missing, not finite, or of another number of latents.
 */
export function walkFromState(config, arrays) {
  const { seed, every, step, temperature, momentum, pull, radius } = config;
  const numbers = { seed, every, length: step * temperature, momentum, pull, radius };
  const dim = arrays.start?.data.length;
  if (!dim || !(every >= 1) || !Object.values(numbers).every(Number.isFinite)) {
    throw new Error("a walk has a start, finite numbers, and places that are a frame apart or more");
  }
  /** @type {Record<string, ArrayLike<number> | null>} */ const tables = {};
  for (const name of ARRAYS) {
    const data = arrays[name]?.data ?? null;
    const fits = !data || (name === "near" ? data.length > 0 && data.length % dim === 0 : data.length === dim);
    if (!fits || (data && !data.every(Number.isFinite))) {
      throw new Error(`a walk's ${name} must be finite, with the ${dim} latents of its start`);
    }
    tables[name] = data;
  }
  return /** @type {EndlessWalk} */ ({ ...numbers, ...tables });
}

/** Walks: gives the latents of any frame, of those that follow each other the cheapest. Allocates nothing while it does. */
export class Walker {
  /** @param {EndlessWalk} walk */
  constructor(walk) {
    const dim = walk.start.length;
    this.walk = walk;
    this._z = new Float64Array(dim);
    this._velocity = new Float64Array(dim);
    this._chance = new Float64Array(dim);
    this._there = new Float64Array(dim);
    this._here = new Float32Array(dim);
    this._next = new Float32Array(dim);
    this._latents = new Float32Array(dim);
    this._number = 0; // of the place that it comes from
    this._begin();
  }

  _begin() {
    this._z.set(this.walk.start);
    this._keep(this._z);
    this._velocity.fill(0);
    this._number = 0;
    this._here.set(this._z);
    this._step(0);
    this._next.set(this._z);
  }

  /**
   * Latents of a frame, `[D]`; good until the next call.
   * @param {number} frame
   */
  at(frame) {
    const place = frame / this.walk.every;
    const number = Math.floor(place);
    if (number < this._number) this._begin();
    while (this._number < number) {
      this._number++;
      this._here.set(this._next);
      this._step(this._number);
      this._next.set(this._z);
    }
    const { _latents: out, _here: here, _next: next } = this;
    for (let d = 0; d < out.length; d++) out[d] = here[d] + (place - number) * (next[d] - here[d]);
    return out;
  }

  /** @param {number} number Of the step. */
  _step(number) {
    const { length, momentum, pull, target } = this.walk;
    const { _z: z, _velocity: velocity, _chance: chance, _there: there } = this;
    direction(this.walk.seed, number, chance);
    let way = 0;
    if (target) for (let d = 0; d < z.length; d++) way += (target[d] - z[d]) ** 2;
    way = Math.sqrt(way) || 1;
    for (let d = 0; d < z.length; d++) {
      const drawn = target ? (target[d] - z[d]) / way : -z[d] / 10;
      velocity[d] = momentum * velocity[d] + (1 - momentum) * chance[d] + pull * drawn;
    }
    toUnit(velocity);
    for (let d = 0; d < z.length; d++) there[d] = z[d] = z[d] + velocity[d] * length;
    if (!this._keep(z)) return;
    for (let d = 0; d < z.length; d++) velocity[d] += (z[d] - there[d]) / Math.max(length, 1e-12);
    toUnit(velocity); // it slides along the fence
  }

  /** Brings a place back where it may be; says whether it was elsewhere. @param {Float64Array} z is changed */
  _keep(z) {
    const { low, high, near, radius } = this.walk;
    let moved = false;
    if (low && high) {
      for (let d = 0; d < z.length; d++) {
        const kept = Math.min(high[d], Math.max(low[d], z[d]));
        moved ||= kept !== z[d];
        z[d] = kept;
      }
    } else if (near) {
      let best = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let row = 0; row < near.length; row += z.length) {
        let sum = 0;
        for (let d = 0; d < z.length; d++) sum += (z[d] - near[row + d]) ** 2;
        if (sum < least) {
          least = sum;
          best = row;
        }
      }
      const distance = Math.sqrt(least);
      if (distance > radius) {
        const share = (radius * (1 - 1e-9)) / distance; // a hair less: rounding must not leave it outside
        for (let d = 0; d < z.length; d++) z[d] = near[best + d] + (z[d] - near[best + d]) * share;
        moved = true;
      }
    }
    return moved;
  }
}

/**
 * A direction by chance, all equally likely: of normal numbers (G. Box & M. Muller, 1958), of length 1.
 * @param {number} seed @param {number} number Of the step. @param {Float64Array} out `[D]`, is filled
 */
export function direction(seed, number, out) {
  const word = joined(seeded(seed), number);
  for (let d = 0; d < out.length; d++) {
    const first = unit(joined(word, 2 * d));
    const second = unit(joined(word, 2 * d + 1));
    out[d] = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second);
  }
  toUnit(out);
}

/** @param {Float64Array} vector is changed */
function toUnit(vector) {
  let sum = 0;
  for (let d = 0; d < vector.length; d++) sum += vector[d] * vector[d];
  const length = Math.sqrt(sum);
  if (length > 0) for (let d = 0; d < vector.length; d++) vector[d] /= length;
}
