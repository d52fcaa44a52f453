// A take's two files, as the Python package writes and reads them: gestures as JSON, and the arrays that these refer to.

import { writeSafetensors } from "../../io/safetensors.js";
import { FORMAT, VERSION } from "./take.js";

/** @typedef {import("../../io/safetensors.js").Tensor} Tensor */

/**
 * The files of what a `Recorder` noted.
 * @param {import("./recorder.js").Recorded} recorded
 * @param {string} sound Name of the sound file beside them.
 * @param {Float32Array[]} live Latents and samples of what was heard live, where these files are to hold them.
 * @returns {{ text: string, arrays: Uint8Array }} The JSON file and the safetensors file.
 */
export function takeFiles(recorded, sound = "", live = []) {
  /** @type {Record<string, Tensor>} */
  const arrays = { coordinates: table(recorded.places, recorded.dims) };
  for (const [hand, places] of Object.entries(recorded.fingers)) {
    arrays[`coordinates/${hand}`] = table(places, recorded.dims);
  }
  const heard = recorded.live.reduce((sum, [, frames]) => sum + frames, 0);
  if (heard && live.length) {
    const [latents, audio] = live;
    const [dims, samples] = [recorded.latentDim, heard * recorded.ratio];
    arrays["live/latents"] = { shape: [heard, dims], data: latents.subarray(0, heard * dims) };
    arrays["live/audio"] = { shape: [1, samples], data: audio.subarray(0, samples) };
  }
  const keep = (/** @type {number} */ number, /** @type {Record<string, Tensor>} */ own) => {
    for (const [name, { shape, data }] of Object.entries(own)) {
      const wide = data instanceof Float32Array || data instanceof Float64Array ? data : Float32Array.from(data);
      arrays[`${number}:${name}`] = { shape, data: wide };
    }
  };
  /** @type {Record<string, { kind: string, config: any }>} */
  const assets = {};
  for (const [key, asset] of Object.entries(recorded.assets)) {
    assets[key] = { kind: asset.kind, config: asset.config };
    keep(0, Object.fromEntries(Object.entries(asset.arrays).map(([name, array]) => [`${key}:${name}`, array])));
  }
  const updates = recorded.updates.map(({ frame, packed }, k) => {
    keep(k + 1, packed.arrays);
    return { frame, changes: packed.config.changes ?? {}, assets: packed.config.assets ?? {} };
  });
  const content = {
    format: FORMAT,
    version: VERSION,
    sound,
    codec: recorded.codec,
    recipe: null,
    sample_rate: recorded.sampleRate,
    ratio: recorded.ratio,
    seed: 0,
    complete: true,
    frames: recorded.places.length,
    live: recorded.live,
    strokes: recorded.strokes,
    settings: { frame: 0, changes: recorded.settings, assets },
    updates,
  };
  return { text: JSON.stringify(content), arrays: writeSafetensors(arrays) };
}

/**
 * Places at every frame, 0 where there are none.
 * @param {number[][]} places
 * @param {number} dims
 * @returns {Tensor} `[T, C]`
 */
function table(places, dims) {
  const data = new Float32Array(places.length * dims);
  for (let frame = 0; frame < places.length; frame++) data.set(places[frame].slice(0, dims), frame * dims);
  return { shape: [places.length, dims], data };
}
