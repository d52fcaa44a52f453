// A setup that comes in a widget's traits: read again when they change, each part only if it did.

import { readPacked } from "./setup.js";

const PARTS = ["_mapping", "_things", "_patch"];

/** @param {DataView | null} view */
export const bytesOf = (view) =>
  new Uint8Array(view?.buffer ?? new ArrayBuffer(0), view?.byteOffset ?? 0, view?.byteLength ?? 0);

export class SetupTraits {
  /** @param {any} model Of a widget with the traits of an engine. */
  constructor(model) {
    this.model = model;
    this._mapping = this._things = null; // traits that were read
    this._waiting = false;
    /** @type {import("./setup.js").Setup} */
    this.setup = this.read(null);
  }

  /** The codec's decoder, a safetensors file. */
  get decoder() {
    return bytesOf(this.model.get("_decoder"));
  }

  /**
   * Call back with the setup when it has changed, once for all that changed together.
   * @param {(setup: import("./setup.js").Setup) => void} changed
   */
  follow(changed) {
    const soon = () => {
      if (this._waiting) return;
      this._waiting = true;
      queueMicrotask(() => {
        this._waiting = false;
        this.setup = this.read(this.setup);
        changed(this.setup);
      });
    };
    for (const name of PARTS) this.model.on(`change:${name}`, soon);
  }

  /** @param {import("./setup.js").Setup | null} before @returns {import("./setup.js").Setup} */
  read(before) {
    const [mapping, things] = [this.model.get("_mapping"), this.model.get("_things")];
    const made = {
      patch: { ...this.model.get("_patch") },
      mapping: before && this._mapping === mapping ? before.mapping : readPacked(bytesOf(mapping)),
      things: before && this._things === things ? before.things : readPacked(bytesOf(things)),
    };
    this._mapping = mapping;
    this._things = things;
    return made;
  }
}
