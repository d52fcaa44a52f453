// How each latent's modulator is set, as numbers.

import { curved, stretched, unitsPerSecond } from "../../../core/modulation/shaping.js";

const MOST_STEPS = 64;

/** One modulator for each latent: m = curve(energy) · basis + curve(deviation), bounded, then smoothed. */
export class ModulatorSettings {
  /**
   * @param {number} dim D.
   * @param {(word: string) => any} get Value of `modulators.*` by its last word: one for all latents or one for each.
   * @param {number} bar Seconds of a bar.
   * @throws {Error} If a value has neither one number nor D.
   */
  constructor(dim, get, bar) {
    const each = (/** @type {string} */ word) => {
      const given = get(word);
      const many = Array.isArray(given) ? given : [given];
      if (many.length !== 1 && many.length !== dim) {
        throw new Error(`modulators.${word} needs one value or ${dim} (one per latent dimension), got ${many.length}`);
      }
      return many.length === 1 ? new Array(dim).fill(many[0]) : many;
    };
    /** @param {string} word @param {(value: number) => number} curve */
    const numbers = (word, curve = Number) => Float64Array.from(each(word), (value) => curve(value));
    /** @type {boolean[]} */ this.on = each("on");
    /** @type {string[]} */ this.basis = each("basis");
    const seed = get("seed");
    const several = Array.isArray(seed);
    this.seed = Uint32Array.from(each("seed"), (given, k) => (several ? given : given + k));
    this.rate = numbers("jump", unitsPerSecond);
    const added = (/** @type {number} */ value) => get("amount") * curved(value);
    this.energy = numbers("energy", added);
    this.deviation = numbers("deviation", added);
    /** @type {string[]} */ this.mode = each("mode");
    this.limit = numbers("limit");
    this.smooth = numbers("smooth");
    /** @type {Record<string, number>} */ const units = { free: 0, seconds: 1, bars: bar };
    const [loop, chaos, unit] = [numbers("loop"), numbers("chaos"), each("loop_in").map((name) => units[name])];
    /** Length of each loop; 0 does not loop. */
    this.seconds = Float64Array.from(loop, (length, k) => stretched(length * unit[k], chaos[k], this.seed[k]));
    const steps = get("steps");
    /** @type {number[]} */ this.steps = Array.isArray(steps) ? steps : [steps];
    if (!this.steps.length || this.steps.length > MOST_STEPS) {
      throw new Error(`modulators.steps are 1 to ${MOST_STEPS} values, got ${this.steps.length}`);
    }
  }

  /** Whether any latent is changed at all. */
  get moving() {
    for (let k = 0; k < this.on.length; k++) {
      if (this.on[k] && (this.energy[k] !== 0 || this.deviation[k] !== 0)) return true;
    }
    return false;
  }
}
