// What the engine plays: anything that turns a place into latents.

/** @typedef {import("../io/safetensors.js").Tensor} Tensor */

/**
 * A mapping as plain data.
 * @typedef {{ kind: string, config: Record<string, any>, arrays: Record<string, Tensor> }} MappingState
 */

/**
 * @typedef {object} Mapping
 * @property {number} controlDim C.
 * @property {number} latentDim D.
 * @property {(place: Float32Array, latents: Float32Array) => void} at Fills the latents `[D]` of a place `[C]`.
 */

/**
 * An array of a state.
 * @param {Record<string, Tensor>} arrays
 * @param {string} name
 * @param {number[]} shape What it has to be.
 * @returns {Tensor["data"]}
 * @throws {Error} If it is missing or of another shape.
 */
export function arrayOf(arrays, name, shape) {
  const found = arrays[name];
  if (!found || found.shape.join() !== shape.join() || found.data.length !== shape.reduce((a, b) => a * b, 1)) {
    throw new Error(`the array ${name} should have the shape [${shape}], got ${found ? `[${found.shape}]` : "none"}`);
  }
  return found.data;
}

/**
 * The same latents everywhere: what plays before anything is trained.
 * @implements {Mapping}
 */
export class ConstantMapping {
  /**
   * @param {number} controlDim C.
   * @param {Float32Array} latents `[D]`.
   */
  constructor(controlDim, latents) {
    this.controlDim = controlDim;
    this.latentDim = latents.length;
    this._latents = latents;
  }

  /**
   * @param {Float32Array} _place
   * @param {Float32Array} latents
   */
  at(_place, latents) {
    latents.set(this._latents);
  }

  /** @param {MappingState} state */
  static fromState(state) {
    return new ConstantMapping(Number(state.config.control_dim), Float32Array.from(state.arrays.latents.data));
  }
}
