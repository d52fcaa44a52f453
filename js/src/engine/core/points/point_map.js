// Point-by-point steering: what sounds between labelled points, by small networks or by plain interpolation.

import { arrayOf } from "../mapping.js";
import { SmallNetworks } from "./small_networks.js";
import { Splines } from "./splines.js";

const SAME_PLACE = 1e-6; // share of the points' extent below which two places are one

/** @typedef {import("../mapping.js").Mapping} Mapping */
/** @typedef {{ at: (place: Float32Array, latents: Float32Array) => void }} Evaluator */

/**
 * Mean and standard deviation of each column, 1 for one that does not vary.
 * @param {ArrayLike<number>} table `[N, C]`, row by row.
 * @param {number} columns C.
 */
export function scaleOf(table, columns) {
  const rows = table.length / columns;
  const middle = new Float64Array(columns);
  const spread = new Float64Array(columns);
  for (let i = 0; i < table.length; i++) middle[i % columns] += table[i] / rows;
  for (let i = 0; i < table.length; i++) spread[i % columns] += (table[i] - middle[i % columns]) ** 2 / rows;
  for (let c = 0; c < columns; c++) {
    const deviation = Math.sqrt(spread[c]);
    spread[c] = deviation > 1e-6 * (1 + Math.abs(middle[c])) ? deviation : 1;
  }
  return { middle, spread };
}

/** The nearest point's latents, or all points' by 1 / distance² (Shepard 1968). */
class Beside {
  /**
   * @param {ArrayLike<number>} places `[N, C]`.
   * @param {ArrayLike<number>} latents `[N, D]`.
   * @param {number} controlDim
   * @param {boolean} nearest Take one, or weigh all.
   */
  constructor(places, latents, controlDim, nearest) {
    this._places = places;
    this._latents = latents;
    this._controlDim = controlDim;
    this._nearest = nearest;
    this._squares = new Float64Array(places.length / controlDim);
    let extent = 0;
    for (let c = 0; c < controlDim; c++) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = c; i < places.length; i += controlDim) {
        low = Math.min(low, places[i]);
        high = Math.max(high, places[i]);
      }
      extent = Math.max(extent, Math.fround(high - low));
    }
    this._least = (SAME_PLACE * (extent || 1)) ** 2;
  }

  /**
   * @param {Float32Array} place
   * @param {Float32Array} latents
   */
  at(place, latents) {
    const squares = this._squares;
    const known = this._places;
    const dims = this._controlDim;
    let best = 0;
    for (let n = 0, at = 0; n < squares.length; n++) {
      let sum = 0;
      for (let c = 0; c < dims; c++, at++) sum += (place[c] - known[at]) ** 2;
      squares[n] = sum;
      // as numpy's argmin: the first of the least, and a NaN before all
      if (!Number.isNaN(squares[best]) && (sum < squares[best] || Number.isNaN(sum))) best = n;
    }
    if (this._nearest) {
      for (let d = 0; d < latents.length; d++) latents[d] = this._latents[best * latents.length + d];
      return;
    }
    let total = 0;
    for (let n = 0; n < squares.length; n++) {
      squares[n] = 1 / Math.max(squares[n], this._least);
      total += squares[n];
    }
    for (let d = 0; d < latents.length; d++) {
      let sum = 0;
      for (let n = 0; n < squares.length; n++) sum += (squares[n] / total) * this._latents[n * latents.length + d];
      latents[d] = sum;
    }
  }
}

/** Networks between places and latents that are both brought to mean 0 and deviation 1. */
class Scaled {
  /**
   * @param {SmallNetworks} networks
   * @param {{ middle: Float64Array, spread: Float64Array }} x
   * @param {{ middle: Float64Array, spread: Float64Array }} y
   */
  constructor(networks, x, y) {
    this._networks = networks;
    this._x = x;
    this._y = y;
    this._place = new Float64Array(x.middle.length);
    this._output = new Float64Array(y.middle.length);
  }

  /**
   * @param {Float32Array} place
   * @param {Float32Array} latents
   */
  at(place, latents) {
    for (let c = 0; c < this._place.length; c++) this._place[c] = (place[c] - this._x.middle[c]) / this._x.spread[c];
    this._networks.at(this._place, this._output);
    for (let d = 0; d < latents.length; d++) latents[d] = this._output[d] * this._y.spread[d] + this._y.middle[d];
  }
}

/**
 * A mapping fitted to points.
 * @implements {Mapping}
 */
export class PointMap {
  /**
   * @param {number} controlDim C.
   * @param {number} latentDim D.
   * @param {Evaluator} evaluator
   */
  constructor(controlDim, latentDim, evaluator) {
    this.controlDim = controlDim;
    this.latentDim = latentDim;
    this._evaluator = evaluator;
  }

  /**
   * @param {Float32Array} place `[C]` in control units.
   * @param {Float32Array} latents Is filled, `[D]`.
   */
  at(place, latents) {
    this._evaluator.at(place, latents);
  }

  /**
   * @param {import("../mapping.js").MappingState} state
   * @throws {Error} If an array is missing or does not fit, or there is no such method.
   */
  static fromState({ config, arrays }) {
    const [count, places] = arrays.places.shape;
    const [, latents] = arrays.latents.shape;
    const known = arrayOf(arrays, "places", [count, places]);
    const sounds = arrayOf(arrays, "latents", [count, latents]);
    const x = scaleOf(known, places);
    /** @type {Evaluator} */
    let evaluator;
    switch (config.method) {
      case "networks":
      case "joint": {
        const groups = config.joint ? 1 : latents;
        const widths = [places, ...new Array(config.layers).fill(config.hidden), latents / groups];
        const weights = widths.slice(1).map((outputs, k) => ({
          weight: arrayOf(arrays, `weights_${2 * k}`, [groups, widths[k], outputs]),
          bias: arrayOf(arrays, `weights_${2 * k + 1}`, [groups, 1, outputs]),
          inputs: widths[k],
          outputs,
        }));
        evaluator = new Scaled(new SmallNetworks(groups, weights), x, scaleOf(sounds, latents));
        break;
      }
      case "rbf":
        evaluator = new Splines(known, sounds, x);
        break;
      case "idw":
      case "nearest":
        evaluator = new Beside(known, sounds, places, config.method === "nearest");
        break;
      default:
        throw new Error(`unknown method of a point map ${config.method}`);
    }
    return new PointMap(places, latents, evaluator);
  }
}
