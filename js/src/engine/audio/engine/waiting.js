// What is set to happen on a beat: triggers, and playheads that begin or jump.

/** @typedef {import("../patch.js").Patch} Patch */

/** @param {string} address @param {any} value @param {string[]} heads */
function onTheBeat(address, value, heads) {
  if (address === "modulators.triggers") return true;
  const [group, name, word] = address.split(".");
  if (group !== "playheads" || !heads.includes(name)) return false;
  return word === "seeks" || word === "start" || (word === "playing" && value === true);
}

/** Changes that wait for the next beat or bar. */
export class Waiting {
  /** @param {import("./beat_clock.js").BeatClock} beats The engine's. */
  constructor(beats) {
    this._beats = beats;
    /** @type {Record<string, any>} */
    this._held = {};
    this._any = false;
    this._every = 0;
  }

  /**
   * What of some changes comes at once; the rest is held. A change that comes at once ends one that waits.
   * @param {Record<string, any>} changes What an update sets.
   * @param {Patch} wanted The patch with all of them.
   * @param {Patch} present The patch without them.
   * @returns {Record<string, any>}
   */
  part(changes, wanted, present) {
    /** @type {Record<string, number>} */
    const every = { off: 0, beat: 1, bar: wanted.get("clock.beats") };
    this._every = every[wanted.get("clock.quantise")];
    const gone = Object.keys(changes).filter((address) => changes[address] === null);
    for (const address of Object.keys(this._held)) {
      if (address in changes || gone.some((whole) => address.startsWith(`${whole}.`))) delete this._held[address];
    }
    /** @type {Record<string, any>} */
    const now = {};
    if (!this._every || "clock.start" in changes) {
      Object.assign(now, this.take(), changes);
    } else {
      const heads = present.members("playheads");
      for (const [address, value] of Object.entries(changes)) {
        (onTheBeat(address, value, heads) ? this._held : now)[address] = value;
      }
    }
    this._any = Object.keys(this._held).length > 0;
    return now;
  }

  /** Whether what waits comes with the next frame; it always does where nothing is waited for. */
  get onBeat() {
    return !this._every || this._beats.isAt(this._every);
  }

  /** Whether something waits that comes with the next frame. */
  get due() {
    return this._any && this.onBeat;
  }

  /** What waits, which waits no more. */
  take() {
    const held = this._held;
    this._held = {};
    this._any = false;
    return held;
  }
}
