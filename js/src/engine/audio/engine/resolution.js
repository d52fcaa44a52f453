// What a patch and its assets mean for the parts of an engine; whatever does not fit the codec is refused here.

import { CONTROL, MAPPING, pathKey, soundKey, WEIGHTS } from "../assets.js";
import { TARGETS } from "../parameters.js";
import { LatentSettings } from "./latents/latent_settings.js";
import { ModulatorSettings } from "./latents/modulator_settings.js";
import { targetOf } from "./movers.js";

/** The sound underneath that is heard now, instead of one of the session's. */
export const LIVE = "live";

/** @typedef {import("../patch.js").Patch} Patch */
/** @typedef {Map<string, import("../assets.js").Asset>} Assets */
/** @typedef {import("../../codecs/base.js").CodecInfo} CodecInfo */

/**
 * The mapping that plays, and its range.
 * @param {Assets} assets
 * @param {CodecInfo} info
 * @returns {import("../assets.js").MappingAsset}
 * @throws {Error} If it has another number of latents than the codec.
 */
export function mappingAsset(assets, info) {
  const asset = assets.get(MAPPING);
  if (!asset || !("mapping" in asset)) return { mapping: null, low: null, high: null };
  if (asset.mapping && asset.mapping.latentDim !== info.latentDim) {
    throw new Error(`this mapping gives ${asset.mapping.latentDim} latents, but ${info.name} takes ${info.latentDim}`);
  }
  return asset;
}

/**
 * What sets the modulators by a place, if anything.
 * @param {Assets} assets
 * @param {CodecInfo} info
 * @throws {Error} If it sets another number of modulators than the codec has latents.
 */
export function controlMap(assets, info) {
  const asset = assets.get(CONTROL);
  const control = asset && "control" in asset ? asset.control : null;
  if (control && control.latentDim !== info.latentDim) {
    throw new Error(
      `this control map sets ${control.latentDim} modulators, but ${info.name} has ${info.latentDim} latents`,
    );
  }
  return control;
}

/**
 * The codec's layers that are bent, at the full amount, by name.
 * @param {Assets} assets
 * @returns {import("../../codecs/base.js").Weights}
 */
export function bentWeights(assets) {
  /** @type {import("../../codecs/base.js").Weights} */ const found = {};
  for (const [key, asset] of assets) {
    if (key.startsWith(`${WEIGHTS}/`) && "weights" in asset) found[key.slice(WEIGHTS.length + 1)] = asset.weights;
  }
  return found;
}

/**
 * The layers that an update bends anew.
 * @param {Record<string, import("../assets.js").Asset | null>} assets The update's.
 */
export function layersChanged(assets) {
  const own = Object.entries(assets).filter(([key, asset]) => key.startsWith(`${WEIGHTS}/`) && asset);
  return own.map(([key]) => key.slice(WEIGHTS.length + 1));
}

/**
 * How latents are shaped.
 * @param {Patch} patch
 * @param {Assets} assets
 * @param {CodecInfo} info
 */
export function latentSettings(patch, assets, info) {
  const data = mappingAsset(assets, info);
  const own = patch.get("latents.limits") !== "data" || !data.low || !data.high;
  return new LatentSettings(info.latentDim, {
    low: own ? patch.get("latents.low") : data.low,
    high: own ? patch.get("latents.high") : data.high,
    scale: patch.get("latents.scale"),
    offset: patch.get("latents.offset"),
    slew: patch.get("latents.slew"),
  });
}

/**
 * How latents move by themselves.
 * @param {Patch} patch
 * @param {CodecInfo} info
 */
export function modulatorSettings(patch, info) {
  const get = (/** @type {string} */ word) => patch.get(`modulators.${word}`);
  return new ModulatorSettings(info.latentDim, get, bar(patch));
}

/** Seconds of a bar. @param {Patch} patch */
function bar(patch) {
  return (60 / patch.get("clock.tempo")) * patch.get("clock.beats");
}

/** What a latent's modulator has and a mover has not. @type {Record<string, any>} */
const UNSHAPED = { amount: 1, energy: 0, deviation: 0, mode: "none", limit: 1, chaos: 0 };

/**
 * What moves other numbers by itself, by name.
 * @param {Patch} patch
 * @returns {Map<string, import("./movers.js").Mover>}
 * @throws {Error} If the target of one is no number that can be moved.
 */
export function movers(patch) {
  const found = new Map();
  for (const name of patch.members("movers")) {
    const values = patch.member("movers", name);
    if (values.target && !targetOf(values.target)) {
      throw new Error(`the mover ${name} cannot move ${values.target}; there are ${Object.keys(TARGETS).join(", ")}`);
    }
    const settings = new ModulatorSettings(1, (word) => UNSHAPED[word] ?? values[word], bar(patch));
    settings.energy[0] = values.depth;
    found.set(name, { target: values.target, along: values.along, settings });
  }
  return found;
}

/**
 * The playheads, in order.
 * @param {Patch} patch
 * @param {Assets} assets
 * @param {CodecInfo} info
 * @returns {import("./sources/playhead.js").Playhead[]}
 * @throws {Error} If the path of one is not among the assets, or there are more than the codec has voices for.
 */
export function playheads(patch, assets, info) {
  const names = patch.members("playheads");
  if (names.length > info.maxVoices - 1) {
    throw new Error(`${info.name} plays ${info.maxVoices - 1} playheads beside the hand, not ${names.length}`);
  }
  return names.map((name) => {
    const { path, speed, loop, gain, playing, interpolate, start, seeks, shift } = patch.member("playheads", name);
    const asset = assets.get(pathKey(path));
    if (!asset || !("points" in asset)) {
      throw new Error(`the playhead ${name} follows a path ${path} that the engine was not given`);
    }
    const seek = start >= 0 ? { token: seeks, start } : null;
    return { path: asset, speed, loop, gain, playing, interpolate, seek, shift };
  });
}

/**
 * The sound that runs underneath the hand, or none.
 * @param {Patch} patch
 * @param {Assets} assets
 * @param {CodecInfo} info
 * @returns {import("./sources/clip.js").BackingClip | null}
 * @throws {Error} If that sound is not among the assets, or does not fit the codec.
 */
export function backingClip(patch, assets, info) {
  const name = patch.get("clip.sound");
  if (!name) return null;
  const live = name === LIVE;
  const nothing = { latents: new Float32Array(info.latentDim), frames: 1, audio: null, channels: 1 };
  const sound = live ? nothing : assets.get(soundKey(name));
  if (!sound || !("latents" in sound)) {
    throw new Error(`the sound ${name} is to run underneath, but the engine was not given its latents`);
  }
  const modes = patch.get("clip.modes");
  const each = typeof modes === "string" ? new Array(info.latentDim).fill(modes) : modes;
  const fits = sound.latents.length === sound.frames * info.latentDim && each.length === info.latentDim;
  if (!fits || (sound.channels !== 1 && sound.channels !== info.channels)) {
    throw new Error(`the sound ${name} does not have ${info.latentDim} latents and ${info.channels} channels`);
  }
  return { sound, modes: each, running: patch.get("clip.running"), loop: live || patch.get("clip.loop"), live };
}

/**
 * What a patch means for the parts that a change concerns; `null` for those that it leaves alone.
 * @param {Patch} patch
 * @param {Assets} assets
 * @param {CodecInfo} info
 * @param {Set<string>} groups The change's.
 * @throws {Error} If something does not fit the codec or the rest of the patch.
 */
export function resolved(patch, assets, info, groups) {
  const changed = (/** @type {string[]} */ ...names) => names.some((name) => groups.has(name));
  const { mapping, at } = mappingAsset(assets, info);
  return {
    mapping: at ? at(patch.get("bend.amount")) : mapping,
    remapped: changed(MAPPING) || (at !== undefined && changed("bend")),
    control: controlMap(assets, info),
    settings: changed("latents", MAPPING) ? latentSettings(patch, assets, info) : null,
    movement: changed("modulators", "clock") ? modulatorSettings(patch, info) : null,
    movers: changed("movers", "clock") ? movers(patch) : null, // says what does not fit
    heads: changed("playheads", "paths") ? playheads(patch, assets, info) : null,
    clip: changed("clip", "sounds") ? backingClip(patch, assets, info) : null,
  };
}
