// The one thing that is told to an engine between two frames: changed values of its patch, and new assets.

import { unpackAsset } from "./assets.js";

/**
 * An update as plain data.
 * @typedef {object} Packed
 * @property {{ changes?: Record<string, any>, assets?: Record<string, null | { kind: string, config: any }> }} config
 * @property {Record<string, import("../io/safetensors.js").Tensor>} arrays The assets' arrays, by `key:name`.
 */

export class Update {
  /**
   * @param {Record<string, any>} changes Values by address, as `Patch.set` takes them.
   * @param {Record<string, import("./assets.js").Asset | null>} assets By key; `null` takes one away.
   */
  constructor(changes = {}, assets = {}) {
    this.changes = changes;
    this.assets = assets;
    /** First words of what changes: `latents`, `playheads`, `clip`; `mapping`, `paths`, `sounds`. */
    this.groups = new Set([
      ...Object.keys(changes).map((address) => address.split(".")[0]),
      ...Object.keys(assets).map((key) => key.split("/")[0]),
    ]);
  }

  /**
   * @param {Packed} packed
   * @throws {Error} If an asset is damaged or of an unknown kind.
   */
  static unpack({ config, arrays }) {
    /** @type {Record<string, import("./assets.js").Asset | null>} */
    const assets = {};
    for (const [key, entry] of Object.entries(config.assets ?? {})) {
      const own = Object.entries(arrays).filter(([name]) => name.startsWith(`${key}:`));
      const named = Object.fromEntries(own.map(([name, array]) => [name.slice(key.length + 1), array]));
      assets[key] = entry && unpackAsset({ kind: entry.kind, config: entry.config, arrays: named });
    }
    return new Update(config.changes ?? {}, assets);
  }
}
