// What a patch names but cannot hold: mappings, paths and encoded sounds, by key; arrays that are never changed.

import { blended } from "../core/blended.js";
import { walkFromState } from "../core/exploration/endless_walk.js";
import { mappingFromState } from "../core/mapping_from_state.js";
import { FittedControlMap } from "./fitted_control_map.js";

/** @typedef {import("../io/safetensors.js").Tensor} Tensor */
/** @typedef {import("../core/mapping.js").Mapping} Mapping */
/** @typedef {{ kind: string, config: Record<string, any>, arrays: Record<string, Tensor> }} PackedAsset */
/**
 * A mapping and its range; where it is bent, `at` gives it as far bent as an amount says.
 * @typedef {{ mapping: Mapping | null, low: Tensor["data"] | null, high: Tensor["data"] | null,
 *   at?: (amount: number) => Mapping }} MappingAsset
 */
/** @typedef {{ points: Tensor["data"], count: number, dims: number }} PathAsset */
/** @typedef {{ latents: Tensor["data"], frames: number, audio: Tensor["data"] | null, channels: number,
 *   walk?: import("../core/exploration/endless_walk.js").EndlessWalk | null }} SoundAsset walk: in place of the latents */
/** @typedef {{ weights: Float32Array }} WeightsAsset A layer that is bent. */
/** @typedef {{ control: FittedControlMap }} ControlAsset */
/** @typedef {MappingAsset | PathAsset | SoundAsset | WeightsAsset | ControlAsset} Asset */

/** Key of the mapping that plays. */
export const MAPPING = "mapping";
/** Key of the control map by which a hand sets the modulators. */
export const CONTROL = "control";
/** First word of the keys of layers that are bent. */
export const WEIGHTS = "weights";

const MOST_AMOUNTS = 32; // that bent mappings are kept of

/** @param {string} name Of the path that a playhead names. */
export const pathKey = (name) => `paths/${name}`;

/** @param {string} id Of the encoded sound that runs underneath. */
export const soundKey = (id) => `sounds/${id}`;

/**
 * The arrays whose names begin so, without that.
 * @param {Record<string, Tensor>} arrays
 * @param {string} prefix
 * @returns {Record<string, Tensor>}
 */
function below(arrays, prefix) {
  const own = Object.entries(arrays).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(prefix.length), array]));
}

/**
 * A mapping as far bent as an amount says; each is made once, as movers come back to the same few amounts.
 * @param {Mapping} own
 * @param {{ kind: string, config: any, arrays: Record<string, Tensor> }} state
 * @param {Record<string, Tensor>} bent
 * @returns {(amount: number) => Mapping}
 */
function bentMappings(own, state, bent) {
  const known = new Map([[0, own]]);
  return (amount) => {
    const there = known.get(amount);
    if (there) return there;
    const arrays = { ...state.arrays };
    for (const [name, { data }] of Object.entries(bent)) {
      arrays[name] = { ...arrays[name], data: blended(arrays[name].data, data, amount) };
    }
    const made = mappingFromState({ ...state, arrays });
    if (known.size < MOST_AMOUNTS) known.set(amount, made);
    return made;
  };
}

/** @type {Record<string, (config: Record<string, any>, arrays: Record<string, Tensor>) => Asset>} */
const KINDS = {
  mapping(config, arrays) {
    const range = { low: arrays.low?.data ?? null, high: arrays.high?.data ?? null };
    if (config.kind === undefined) return { mapping: null, ...range };
    const state = { kind: config.kind, config: config.config, arrays: below(arrays, "of/") };
    const bent = below(arrays, "bent/");
    const mapping = mappingFromState(state);
    return { mapping, at: Object.keys(bent).length ? bentMappings(mapping, state, bent) : undefined, ...range };
  },
  path(_config, { points }) {
    if (points?.shape.length !== 2 || points.shape[0] < 1 || !points.data.every(Number.isFinite)) {
      throw new Error("a playhead's path is a finite table [points, control dims]");
    }
    return { points: points.data, count: points.shape[0], dims: points.shape[1] };
  },
  weights(_config, { weights }) {
    if (!(weights?.data instanceof Float32Array && weights.data.every(Number.isFinite))) {
      throw new Error("the weights of a layer are not all finite float32 numbers");
    }
    return { weights: weights.data };
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
