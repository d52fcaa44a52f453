// A control map that was fitted: what it sets at any place.

import { arrayOf } from "../core/mapping.js";
import { mappingFromState } from "../core/mapping_from_state.js";
import { fromJson } from "./patch.js";

const PREFIX = "modulators."; // first word of all that a control map sets

/** @typedef {{ word: string, low: number, high: number, log: boolean }} RangeOfNumber */

/** A value at a share of a number's range. @param {RangeOfNumber} number @param {number} share */
function atShare({ low, high, log }, share) {
  const value = log ? low * (high / low) ** share : low + share * (high - low);
  return Math.min(Math.max(value, low), high);
}

/** A control map that can be asked for any place; it does not change. */
export class FittedControlMap {
  /**
   * @param {Record<string, any>} config `latent_dim`, `numbers`, `choices`, and of a mapping `kind` and `config`.
   * @param {Record<string, import("../io/safetensors.js").Tensor>} arrays `places`, and the mapping's under `of/`.
   * @throws {Error} If its parts do not fit each other.
   */
  constructor(config, arrays) {
    const points = arrays.places?.shape[0];
    this._places = arrayOf(arrays, "places", [points, 2]);
    /** D, how many modulators it sets. @type {number} */
    this.latentDim = config.latent_dim;
    /** @type {RangeOfNumber[]} */
    this._numbers = config.numbers;
    /** Values at the points, by word. @type {[string, any[]][]} */
    this._choices = Object.entries(config.choices);
    this._mapping = null;
    this._shares = new Float32Array(this._numbers.length * this.latentDim);
    if (config.kind !== undefined) {
      const own = Object.entries(arrays).filter(([name]) => name.startsWith("of/"));
      const named = Object.fromEntries(own.map(([name, array]) => [name.slice(3), array]));
      this._mapping = mappingFromState({ kind: config.kind, config: config.config, arrays: named });
      if (this._mapping.controlDim !== 2 || this._mapping.latentDim !== this._shares.length) {
        throw new Error(`a control map's mapping goes from 2 to ${this._shares.length} dimensions`);
      }
    }
  }

  /**
   * Values at a place, by address: numbers one for each latent.
   * @param {Float32Array} place `[2]` in control units.
   * @returns {Record<string, any>}
   */
  at(place) {
    /** @type {Record<string, any>} */
    const values = {};
    if (this._mapping) {
      this._mapping.at(place, this._shares);
      this._numbers.forEach((number, k) => {
        values[PREFIX + number.word] = Array.from({ length: this.latentDim }, (_, d) => {
          const share = this._shares[k * this.latentDim + d];
          return atShare(number, share > 0 ? Math.min(share, 1) : 0); // what is no number is 0
        });
      });
    }
    const nearest = this._nearest(place);
    for (const [word, many] of this._choices) values[PREFIX + word] = fromJson(many[nearest]);
    return values;
  }

  /** @param {Float32Array} place */
  _nearest(place) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; 2 * k < this._places.length; k++) {
      const apart = (Number(this._places[2 * k]) - place[0]) ** 2 + (Number(this._places[2 * k + 1]) - place[1]) ** 2;
      if (apart < least) [best, least] = [k, apart];
    }
    return best;
  }
}
