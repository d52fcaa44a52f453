// Numbers of the patch that move by themselves: each mover adds its modulator's movement to what is set.

import { PARAMETERS, TARGETS } from "../parameters.js";
import { Modulators } from "./latents/modulators.js";

/** @typedef {import("../patch.js").Patch} Patch */
/** @typedef {number | number[]} Numbers */
/**
 * What moves which number.
 * @typedef {object} Mover
 * @property {string} target Its address; nothing if empty.
 * @property {Numbers} along How much of the movement each of the target's values takes: one for all, or one for each.
 * @property {import("./latents/modulator_settings.js").ModulatorSettings} settings Of its one modulator, whose energy is
 *   the depth.
 */

const LATENTS = "latents.";

/** The range and grain of the number at an address, if movers can move it. @param {string} address */
export function targetOf(address) {
  const [group, , ...rest] = address.split(".");
  return TARGETS[address] ?? TARGETS[`${group}.*.${rest.join(".")}`];
}

/** Whether the playhead, or whatever an address is of, is in a patch. @param {Patch} patch @param {string} address */
export function isThere(patch, address) {
  const [group, name] = address.split(".");
  if (address.includes("*")) return false;
  return address in PARAMETERS || patch.members(group).includes(name);
}

/** One value for all, or one for each, of which those that are missing are 0. @param {number[]} values @param {number} k */
const at = (values, k) => (values.length === 1 ? values[0] : (values[k] ?? 0));

/**
 * A value, or one for each, and a share of the amount.
 * @param {Numbers} value
 * @param {Numbers} along
 * @param {number} amount
 * @param {number} size How many there are; 0: as many as are given.
 * @returns {Numbers}
 */
function added(value, along, amount, size) {
  const values = Array.isArray(value) ? value : [value];
  const shares = Array.isArray(along) ? along : [along];
  if (values.length === 1 && shares.length === 1) return values[0] + shares[0] * amount;
  const count = size || Math.max(values.length, shares.length);
  return Array.from({ length: count }, (_, k) => at(values, k) + at(shares, k) * amount);
}

/** A value within its number's range, in its steps. @param {string} address @param {Numbers} value @returns {Numbers} */
function kept(address, value) {
  const [low, high, grain] = targetOf(address);
  const one = (/** @type {number} */ number) => {
    const stepped = grain ? Math.floor(number / grain + 0.5) * grain : number;
    return Math.min(Math.max(stepped, low), high);
  };
  return Array.isArray(value) ? value.map(one) : one(value);
}

/** All movers of an engine, each with its modulator. */
export class Movers {
  /**
   * @param {number} frameRate Latent frames per second.
   * @param {number} latentDim D, the values of a latents' number.
   */
  constructor(frameRate, latentDim) {
    this._frameRate = frameRate;
    this._dim = latentDim;
    /** @type {Map<string, Mover>} */
    this._movers = new Map();
    /** @type {Map<string, Modulators>} */
    this._banks = new Map();
  }

  /**
   * Move like these from the next frame on; each goes on from where it is.
   * @param {Map<string, Mover>} movers By name.
   * @param {Record<string, any>} changes What an update sets, of which triggers and starts count.
   */
  follow(movers, changes) {
    const before = this._banks;
    this._banks = new Map();
    this._movers = movers;
    for (const [name, { settings }] of movers) {
      const bank = before.get(name) ?? new Modulators(settings, this._frameRate);
      this._banks.set(name, bank);
      /** @type {Record<string, any>} */
      const own = { "modulators.start": changes[`movers.${name}.start`] ?? null };
      if ("modulators.triggers" in changes) own["modulators.triggers"] = changes["modulators.triggers"];
      bank.follow(settings, own);
    }
  }

  /** What is smoothed begins from rest; phases stay. */
  restart() {
    for (const bank of this._banks.values()) bank.restart();
  }

  /** Whether anything moves. */
  get active() {
    for (const { target, settings } of this._movers.values()) if (target && settings.moving) return true;
    return false;
  }

  /** Where each is at the next frame, as values of the patch. @returns {Record<string, any>} */
  get now() {
    return Object.fromEntries([...this._banks].map(([name, bank]) => [`movers.${name}.start`, bank.phase(0)]));
  }

  /**
   * The next frame's values of all numbers that are moved, by address. What is of a playhead that is not there is left
   * out.
   * @param {Patch} patch What is set, to which movements are added; they are kept within the numbers' ranges.
   * @param {number} heard Level of what is heard in that frame, from 0 to 1.
   * @returns {Record<string, any>}
   */
  step(patch, heard) {
    /** @type {Record<string, any>} */
    const values = {};
    for (const [name, { target, along, settings }] of this._movers) {
      const bank = /** @type {Modulators} */ (this._banks.get(name));
      bank.advance(heard);
      if (!target || !settings.moving || !isThere(patch, target)) continue;
      const size = target.startsWith(LATENTS) ? this._dim : 0;
      values[target] = added(values[target] ?? patch.get(target), along, bank.moved(0), size);
    }
    for (const address in values) values[address] = kept(address, values[address]);
    return values;
  }
}
