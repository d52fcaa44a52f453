// The way from what is set to what a recalled preset sets, frame by frame.

import { valueAt, ways } from "../between.js";

/** @typedef {import("../patch.js").Patch} Patch */

/** Numbers on their way, each frame a step. What is set meanwhile is so at once, and glides no more. */
export class PatchGlide {
  constructor() {
    /** @type {Map<string, import("../between.js").Way>} */
    this._ways = new Map();
    this._frames = 1;
    this._done = 0;
  }

  /** Whether something is on its way. */
  get active() {
    return this._ways.size > 0;
  }

  /**
   * Begin to glide; what glides already and is not set again takes the same time from here.
   * @param {Patch} present What plays.
   * @param {Patch} given It with the changes.
   * @param {Record<string, any>} changes What the update sets.
   * @param {number} frames How long, rounded up.
   * @returns {Patch} The wanted patch with what glides where it is now.
   */
  begin(present, given, changes, frames) {
    this.leave(changes);
    const wanted = given.set(this._ends());
    this._ways = ways(present, wanted);
    this._frames = Math.max(1, Math.ceil(frames - 1e-9));
    this._done = 0;
    return wanted.set(Object.fromEntries([...this._ways].map(([address, { start }]) => [address, start])));
  }

  /** These are set otherwise, or are gone with their whole member. @param {Record<string, any>} changes */
  leave(changes) {
    if (!this._ways.size) return;
    const gone = Object.keys(changes).filter((address) => changes[address] === null);
    for (const address of [...this._ways.keys()]) {
      if (address in changes || gone.some((whole) => address.startsWith(`${whole}.`))) this._ways.delete(address);
    }
  }

  /** What the next frame changes. @returns {Record<string, any>} */
  step() {
    this._done++;
    if (this._done >= this._frames) return this.finish();
    const share = this._done / this._frames;
    return Object.fromEntries([...this._ways].map(([address, way]) => [address, valueAt(way, share)]));
  }

  /** What changes where all of it is to be there at once. @returns {Record<string, any>} */
  finish() {
    const ends = this._ends();
    this._ways = new Map();
    return ends;
  }

  _ends() {
    return Object.fromEntries([...this._ways].map(([address, { end }]) => [address, end]));
  }
}
