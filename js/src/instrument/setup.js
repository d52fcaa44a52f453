// All that an engine should be set to, as it came, and what makes an engine that was at another setup one with this.

import { readSafetensors } from "../engine/io/safetensors.js";

/** @typedef {import("../engine/audio/update.js").Packed} Packed */

/**
 * A packed update from its file; of nothing, an empty one.
 * @param {Uint8Array} content
 * @returns {Packed}
 */
export function readPacked(content) {
  if (!content.length) return { config: {}, arrays: {} };
  const { metadata, tensors } = readSafetensors(content);
  return { config: JSON.parse(metadata.config), arrays: tensors };
}

/**
 * The changes that lead from one patch to another; members of a group whose order has changed go and come again.
 * @param {Record<string, any>} before Values by address.
 * @param {Record<string, any>} after
 * @returns {Record<string, any>}
 */
export function changesBetween(before, after) {
  const member = (/** @type {string} */ address) =>
    address.split(".").length === 3 ? address.replace(/\.[^.]*$/, "") : "";
  const members = (/** @type {Record<string, any>} */ patch) =>
    [...new Set(Object.keys(patch).map(member))].filter(Boolean);
  const [old, wanted] = [members(before), members(after)];
  const common = old.filter((name) => wanted.includes(name));
  const inOrder = common.every((name, k) => wanted[k] === name);
  const kept = inOrder ? common : [];
  /** @type {Record<string, any>} */
  const changes = {};
  for (const name of old) if (!kept.includes(name)) changes[name] = null;
  for (const address of Object.keys(before)) {
    const stays = !member(address) || kept.includes(member(address));
    if (stays && !(address in after)) changes[address] = null;
  }
  for (const [address, value] of Object.entries(after)) {
    const fresh = member(address) && !kept.includes(member(address));
    if (fresh || JSON.stringify(before[address]) !== JSON.stringify(value)) changes[address] = value;
  }
  return changes;
}

/**
 * A patch with some values changed; `null` takes one away, or a group's whole member.
 * @param {Record<string, any>} patch Values by address.
 * @param {Record<string, any>} changes
 * @returns {Record<string, any>}
 */
export function applied(patch, changes) {
  const made = { ...patch };
  for (const [address, value] of Object.entries(changes)) {
    if (value !== null) made[address] = value;
    else for (const known of Object.keys(made)) if (`${known}.`.startsWith(`${address}.`)) delete made[known];
  }
  return made;
}

/**
 * @typedef {object} Setup
 * @property {Record<string, any>} patch Every value that is set, by address.
 * @property {Packed} mapping What turns places into latents, as an update of the one asset.
 * @property {Packed} things Paths and sounds, as an update.
 */

/**
 * Whether two arrays hold the same numbers.
 * @param {Packed["arrays"][string] | undefined} one
 * @param {Packed["arrays"][string]} other
 */
function alike(one, other) {
  const { data } = one ?? {};
  if (!data || data.length !== other.data.length || one?.shape.join() !== other.shape.join()) return false;
  for (let i = 0; i < data.length; i++) if (data[i] !== other.data[i]) return false;
  return true;
}

/**
 * Whether an asset is the same in two updates: then it is not sent again, and a clip that runs goes on.
 * @param {Packed | undefined} before
 * @param {Packed} after
 * @param {string} key
 */
function stays(before, after, key) {
  const [old, wanted] = [before?.config.assets?.[key], after.config.assets?.[key]];
  if (!before || !old || !wanted || JSON.stringify(old) !== JSON.stringify(wanted)) return false;
  const own = (/** @type {Packed} */ { arrays }) => Object.keys(arrays).filter((name) => name.startsWith(`${key}:`));
  const names = own(after);
  return own(before).length === names.length && names.every((name) => alike(before.arrays[name], after.arrays[name]));
}

/**
 * The update between two setups. What came again as the same object, or with the same numbers, has not changed.
 * @param {Setup | null} before
 * @param {Setup} after
 * @returns {Packed | null} Nothing, if there is no change.
 */
export function updateBetween(before, after) {
  const changes = changesBetween(before?.patch ?? {}, after.patch);
  /** @type {NonNullable<Packed["config"]["assets"]>} */
  const assets = {};
  /** @type {Packed["arrays"]} */
  const arrays = {};
  for (const part of /** @type {const} */ (["things", "mapping"])) {
    const [old, now] = [before?.[part], after[part]];
    if (old === now) continue;
    for (const key of Object.keys(old?.config.assets ?? {})) if (!now.config.assets?.[key]) assets[key] = null;
    for (const [key, asset] of Object.entries(now.config.assets ?? {})) {
      if (stays(old, now, key)) continue;
      assets[key] = asset;
      for (const name in now.arrays) if (name.startsWith(`${key}:`)) arrays[name] = now.arrays[name];
    }
  }
  if (!Object.keys(changes).length && !Object.keys(assets).length) return null;
  return { config: { changes, assets }, arrays };
}
