// The first frames are slow until the browser has compiled what they need: played here, where nobody hears them.

import { Engine } from "../engine/engine.js";
import { Update } from "../update.js";

const FRAMES = 60;
const [LEAST, ENOUGH_MS] = [12, 250]; // a browser that compiles slowly has to do with fewer: a click waits for it
const [WIDTH, FREQUENCIES, PLACES] = [128, 256, 2];

/** A terrain of the usual size, all of zeros. @param {number} latentDim */
function flatTerrain(latentDim) {
  /** @type {Record<string, import("../../io/safetensors.js").Tensor>} */
  const arrays = {};
  const add = (/** @type {string} */ name, /** @type {number[]} */ shape) => {
    arrays[`mapping:of/${name}`] = { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) };
  };
  add("B_T", [PLACES, FREQUENCIES]);
  const layers = { fc_in_gau: [WIDTH, 2 * FREQUENCIES], fc2: [WIDTH, WIDTH], fc3: [WIDTH, WIDTH], fc4: [WIDTH, WIDTH] };
  for (const [name, shape] of Object.entries({ ...layers, fc_out: [latentDim, WIDTH] })) {
    add(`${name}.weight`, shape);
    add(`${name}.bias`, [shape[0]]);
  }
  for (let k = 1; k <= 4; k++) add(`prelu${k}.weight`, [1]);
  const config = {
    control_dim: PLACES,
    latent_dim: latentDim,
    gauss_scale: 1,
    network_channel: WIDTH,
    feature_size: FREQUENCIES,
  };
  return Update.unpack({
    config: { assets: { mapping: { kind: "mapping", config: { kind: "terrain", config } } } },
    arrays,
  });
}

/** @param {import("../../codecs/base.js").Codec} codec */
export function warmUp(codec) {
  const engine = new Engine(codec);
  const audio = Array.from({ length: codec.info.channels }, () => new Float32Array(codec.info.ratio));
  engine.update(flatTerrain(codec.info.latentDim));
  const began = Date.now();
  for (let k = 0; k < FRAMES && (k < LEAST || Date.now() - began < ENOUGH_MS); k++) {
    // loud now and then, so that the limiter works too
    engine.render([Math.sin(k), Math.cos(k)], k % 20 ? 1 : 0, k % 3 ? 1 : 100, audio);
  }
}
