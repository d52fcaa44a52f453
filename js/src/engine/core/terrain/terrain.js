// The terrain: a small network with random Fourier features from places on a plane to latents.

import { affine } from "../linear.js";
import { arrayOf } from "../mapping.js";

/** @typedef {import("../mapping.js").Mapping} Mapping */

const HIDDEN_LAYERS = ["fc2", "fc3", "fc4"];

/**
 * @typedef {{ weight: ArrayLike<number>, bias: ArrayLike<number>, slope: number, rows: number, columns: number }} Layer
 */

/**
 * The formula of the Python package's `Terrain`, in double precision; only the result is rounded to float32.
 * @implements {Mapping}
 */
export class Terrain {
  /**
   * @param {number} controlDim C.
   * @param {ArrayLike<number> | null} frequencies `[C, M]` in cycles per control unit, row by row, or none.
   * @param {Layer[]} layers First to last.
   */
  constructor(controlDim, frequencies, layers) {
    this.controlDim = controlDim;
    this.latentDim = layers[layers.length - 1].rows;
    this._frequencies = frequencies;
    this._layers = layers;
    this._input = new Float64Array(layers[0].columns);
    this._hidden = layers.map((layer) => new Float64Array(layer.rows));
  }

  /**
   * @param {Float32Array} place `[C]` in control units; never clamped.
   * @param {Float32Array} latents Is filled, `[D]`.
   */
  at(place, latents) {
    this._features(place);
    let input = this._input;
    for (let k = 0; k < this._layers.length; k++) {
      const { weight, bias, slope, rows, columns } = this._layers[k];
      const output = this._hidden[k];
      affine(weight, bias, input, output, rows, columns);
      for (let i = 0; i < rows; i++) if (output[i] < 0) output[i] *= slope;
      input = output;
    }
    latents.set(input);
  }

  /** @param {Float32Array} place */
  _features(place) {
    const frequencies = this._frequencies;
    if (!frequencies) {
      for (let c = 0; c < this.controlDim; c++) this._input[c] = place[c];
      return;
    }
    const count = this._input.length / 2;
    for (let m = 0; m < count; m++) {
      let phase = 0;
      for (let c = 0; c < this.controlDim; c++) phase += 2 * Math.PI * place[c] * frequencies[c * count + m];
      this._input[m] = Math.sin(phase);
      this._input[count + m] = Math.cos(phase);
    }
  }

  /**
   * @param {import("../mapping.js").MappingState} state
   * @throws {Error} If an array is missing or does not fit.
   */
  static fromState(state) {
    const { control_dim: places, latent_dim: latents, network_channel: width, feature_size: count } = state.config;
    const waves = state.config.gauss_scale > 0;
    const first = waves ? "fc_in_gau" : "fc_in_linear";
    const names = [first, ...HIDDEN_LAYERS, "fc_out"];
    const layers = names.map((name, k) => {
      const columns = k ? width : waves ? 2 * count : places;
      const rows = k === names.length - 1 ? latents : width;
      return {
        weight: arrayOf(state.arrays, `${name}.weight`, [rows, columns]),
        bias: arrayOf(state.arrays, `${name}.bias`, [rows]),
        slope: k === names.length - 1 ? 1 : arrayOf(state.arrays, `prelu${k + 1}.weight`, [1])[0],
        rows,
        columns,
      };
    });
    return new Terrain(places, waves ? arrayOf(state.arrays, "B_T", [places, count]) : null, layers);
  }
}
