// What sounds between the points of a map of sounds: the nearest one, or a blend of a few.

import { arrayOf } from "../mapping.js";

/** @typedef {import("../mapping.js").Mapping} Mapping */

const SOFTENING = 1e-6; // added to a squared distance in map units, so that a point itself has a finite weight

/**
 * A mapping between any number of points: the latents of the k nearest, weighted by `(d² + 1e-6) ** (-power / 2)`.
 * All points are looked at for each place: ten thousand take some ten microseconds.
 * @implements {Mapping}
 */
export class NeighbourMap {
  /**
   * @param {number} controlDim C.
   * @param {number} latentDim D.
   * @param {ArrayLike<number>} places `[N, C]` in control units.
   * @param {ArrayLike<number>} latents `[N, D]`.
   * @param {ArrayLike<number>} unit Control units in one unit of the map, `[C]`.
   * @param {number} neighbours How many are blended; 1 snaps.
   * @param {number} power Of the distance in the weights.
   */
  constructor(controlDim, latentDim, places, latents, unit, neighbours, power) {
    this.controlDim = controlDim;
    this.latentDim = latentDim;
    this._places = Float64Array.from(places, (value, i) => value / unit[i % controlDim]);
    this._latents = latents;
    this._unit = unit;
    this._power = power;
    const count = Math.min(neighbours, places.length / controlDim);
    this._nearest = new Int32Array(count);
    this._squares = new Float64Array(count);
    this._place = new Float64Array(controlDim);
  }

  /**
   * @param {Float32Array} place `[C]` in control units.
   * @param {Float32Array} latents Is filled, `[D]`.
   */
  at(place, latents) {
    this._find(place);
    const squares = this._squares;
    const count = squares.length;
    const exact = squares[0] === 0;
    let total = 0;
    for (let k = 0; k < count; k++) {
      if (count === 1 || exact) squares[k] = k === 0 ? 1 : 0;
      else squares[k] = (squares[k] + SOFTENING) ** (-this._power / 2);
      total += squares[k];
    }
    for (let d = 0; d < latents.length; d++) {
      let sum = 0;
      for (let k = 0; k < count; k++) {
        if (squares[k] > 0) sum += (squares[k] / total) * this._latents[this._nearest[k] * latents.length + d];
      }
      latents[d] = sum;
    }
  }

  /**
   * The nearest points, the first before the others, with their squared distances in map units.
   * @param {Float32Array} place
   */
  _find(place) {
    const dims = this.controlDim;
    const known = this._places;
    const here = this._place;
    const squares = this._squares.fill(Number.POSITIVE_INFINITY);
    const last = squares.length - 1;
    for (let c = 0; c < dims; c++) here[c] = place[c] / this._unit[c];
    for (let n = 0, at = 0; at < known.length; n++) {
      let sum = 0;
      for (let c = 0; c < dims; c++, at++) {
        const apart = here[c] - known[at];
        sum += apart * apart;
      }
      if (!(sum < squares[last])) continue;
      let k = last;
      for (; k > 0 && sum < squares[k - 1]; k--) {
        squares[k] = squares[k - 1];
        this._nearest[k] = this._nearest[k - 1];
      }
      squares[k] = sum;
      this._nearest[k] = n;
    }
  }

  /**
   * @param {import("../mapping.js").MappingState} state
   * @throws {Error} If an array is missing or does not fit.
   */
  static fromState({ config, arrays }) {
    const [count, places] = arrays.places.shape;
    const [, latents] = arrays.latents.shape;
    return new NeighbourMap(
      places,
      latents,
      arrayOf(arrays, "places", [count, places]),
      arrayOf(arrays, "latents", [count, latents]),
      arrayOf(arrays, "unit", [places]),
      Number(config.neighbours),
      Number(config.power),
    );
  }
}
