// Small networks with tanh between their layers: one for each latent, or one for all of them.

/** @typedef {{ weight: ArrayLike<number>, bias: ArrayLike<number>, inputs: number, outputs: number }} Layer */

export class SmallNetworks {
  /**
   * @param {number} groups How many networks.
   * @param {Layer[]} layers Of all networks: weights `[G, inputs, outputs]`, biases `[G, 1, outputs]`.
   */
  constructor(groups, layers) {
    this._groups = groups;
    this._layers = layers;
    this._flows = layers.map((layer) => new Float64Array(layer.outputs));
  }

  /**
   * @param {Float64Array} place `[C]`, scaled.
   * @param {Float64Array} output Is filled, `[D]`.
   */
  at(place, output) {
    const last = this._layers.length - 1;
    const each = output.length / this._groups;
    for (let group = 0; group < this._groups; group++) {
      let input = place;
      for (let k = 0; k <= last; k++) {
        const { weight, bias, inputs, outputs } = this._layers[k];
        const flow = this._flows[k];
        for (let o = 0; o < outputs; o++) {
          let sum = 0;
          for (let i = 0, at = group * inputs * outputs + o; i < inputs; i++, at += outputs)
            sum += input[i] * weight[at];
          sum += bias[group * outputs + o];
          flow[o] = k < last ? Math.tanh(sum) : sum;
        }
        input = flow;
      }
      for (let o = 0; o < each; o++) output[group * each + o] = input[o];
    }
  }
}
