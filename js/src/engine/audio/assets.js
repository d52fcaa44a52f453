// What a patch names but cannot hold: mappings, paths and encoded sounds, by key; arrays that are never changed.

import { walkFromState } from "../core/exploration/endless_walk.js";
import { mappingFromState } from "../core/mapping_from_state.js";
import { FittedControlMap } from "./fitted_control_map.js";

/** @typedef {import("../io/safetensors.js").Tensor} Tensor */
/** @typedef {import("../core/mapping.js").Mapping} Mapping */
/** @typedef {{ kind: string, config: Record<string, any>, arrays: Record<string, Tensor> }} PackedAsset */
/** @typedef {{ mapping: Mapping | null, low: Tensor["data"] | null, high: Tensor["data"] | null }} MappingAsset */
/** @typedef {{ points: Tensor["data"], count: number, dims: number }} PathAsset */
/** @typedef {{ latents: Tensor["data"], frames: number, audio: Tensor["data"] | null, channels: number,
 *   walk?: import("../core/exploration/endless_walk.js").EndlessWalk | null }} SoundAsset walk: in place of the latents */
/** @typedef {{ weights: Record<string, Float32Array> }} WeightsAsset */
/** @typedef {{ control: FittedControlMap }} ControlAsset */
/** @typedef {MappingAsset | PathAsset | SoundAsset | WeightsAsset | ControlAsset} Asset */

/** Key of the mapping that plays. */
export const MAPPING = "mapping";
/** Key of the control map by which a hand sets the modulators. */
export const CONTROL = "control";
/** Key of the weights that the decoder has in place of its own. */
export const WEIGHTS = "weights";

/** @param {string} name Of the path that a playhead names. */
export const pathKey = (name) => `paths/${name}`;

/** @param {string} id Of the encoded sound that runs underneath. */
export const soundKey = (id) => `sounds/${id}`;

/** @type {Record<string, (config: Record<string, any>, arrays: Record<string, Tensor>) => Asset>} */
const KINDS = {
  mapping(config, arrays) {
    let mapping = null;
    if (config.kind !== undefined) {
      const own = Object.entries(arrays).filter(([name]) => name.startsWith("of/"));
      const named = Object.fromEntries(own.map(([name, array]) => [name.slice(3), array]));
      mapping = mappingFromState({ kind: config.kind, config: config.config, arrays: named });
    }
    return { mapping, low: arrays.low?.data ?? null, high: arrays.high?.data ?? null };
  },
  path(_config, { points }) {
    if (points?.shape.length !== 2 || points.shape[0] < 1 || !points.data.every(Number.isFinite)) {
      throw new Error("a playhead's path is a finite table [points, control dims]");
    }
    return { points: points.data, count: points.shape[0], dims: points.shape[1] };
  },
  weights(_config, arrays) {
    for (const [name, { data }] of Object.entries(arrays)) {
      if (!(data instanceof Float32Array && data.every(Number.isFinite))) {
        throw new Error(`the weights ${name} are not all finite float32 numbers`);
      }
    }
    const named = Object.entries(arrays).map(([name, { data }]) => [name, data]);
    return { weights: Object.fromEntries(named) };
  },
  control: (config, arrays) => ({ control: new FittedControlMap(config, arrays) }),
  sound(config, arrays) {
    const { latents, audio } = arrays;
    if (latents?.shape.length !== 2 || latents.shape[0] < 1 || !latents.data.every(Number.isFinite)) {
      throw new Error("a base clip's latents are a finite table [frames, latents]");
    }
    if (audio && !audio.data.every(Number.isFinite)) throw new Error("a base clip's audio is finite");
    const channels = audio && audio.shape.length === 2 ? audio.shape[0] : 1;
    const own = Object.entries(arrays).filter(([name]) => name.startsWith("walk/"));
    const named = Object.fromEntries(own.map(([name, array]) => [name.slice(5), array]));
    const walk = config.walk ? walkFromState(config.walk, named) : null;
    return { latents: latents.data, frames: latents.shape[0], audio: audio?.data ?? null, channels, walk };
  },
};

/**
 * The asset that was packed.
 * @param {PackedAsset} packed
 * @returns {Asset}
 * @throws {Error} If there is no such kind, or its content is not as it should be.
 */
export function unpackAsset({ kind, config, arrays }) {
  if (!Object.hasOwn(KINDS, kind)) throw new Error(`unknown kind of asset ${kind}`);
  return KINDS[kind](config, arrays);
}

/**
 * Assets after a change; `null` takes one away.
 * @param {Map<string, Asset>} assets
 * @param {Record<string, Asset | null>} changed
 */
export function merged(assets, changed) {
  const every = new Map(assets);
  for (const [key, asset] of Object.entries(changed)) {
    if (asset) every.set(key, asset);
    else every.delete(key);
  }
  return every;
}
