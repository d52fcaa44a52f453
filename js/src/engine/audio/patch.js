// The patch: all that can be set of what plays, by address. What is not set has its parameter's default.

import { PARAMETERS } from "./parameters.js";

/** @typedef {number | boolean | string} Scalar */
/** @typedef {Scalar | Scalar[]} Value */

const GROUPS = new Set(Object.keys(PARAMETERS).flatMap((address) => address.match(/^(.*?)\.\*\./)?.[1] ?? []));

/**
 * The default of the parameter at an address such as `playheads.c1.speed`.
 * @param {string} address
 * @returns {Scalar}
 * @throws {Error} If there is no such parameter.
 */
function defaultOf(address) {
  if (Object.hasOwn(PARAMETERS, address)) return PARAMETERS[address];
  const [group, , ...rest] = address.split(".");
  const pattern = `${group}.*.${rest.join(".")}`;
  if (!Object.hasOwn(PARAMETERS, pattern)) throw new Error(`there is no parameter ${address}`);
  return PARAMETERS[pattern];
}

/**
 * A value as it was before it became JSON, which has no infinity.
 * @param {any} value
 */
export function fromJson(value) {
  return value === "inf" ? Number.POSITIVE_INFINITY : value;
}

export class Patch {
  /** @param {Map<string, Value>} values What is set, by address, in the order of coming. */
  constructor(values = new Map()) {
    this.values = values;
  }

  /**
   * The value at an address, its default where it is not set.
   * @param {string} address
   * @returns {any}
   */
  get(address) {
    return this.values.has(address) ? this.values.get(address) : defaultOf(address);
  }

  /**
   * Names in a group, such as `playheads`, in the order in which they came.
   * @param {string} group
   */
  members(group) {
    const names = new Set();
    for (const address of this.values.keys()) if (address.startsWith(`${group}.`)) names.add(address.split(".")[1]);
    return GROUPS.has(group) ? [...names] : [];
  }

  /**
   * All values of a group's member by their last word, defaults included.
   * @param {string} group
   * @param {string} name
   * @returns {Record<string, any>}
   */
  member(group, name) {
    const words = Object.keys(PARAMETERS).filter((address) => address.startsWith(`${group}.*.`));
    return Object.fromEntries(
      words.map((address) => {
        const word = address.slice(group.length + 3);
        return [word, this.get(`${group}.${name}.${word}`)];
      }),
    );
  }

  /**
   * A patch with some values changed; `null` sets one back to its default, and removes a group's whole member.
   * @param {Record<string, any>} changes As JSON has them.
   * @returns {Patch}
   * @throws {Error} If there is no such parameter; nothing is changed.
   */
  set(changes) {
    const values = new Map(this.values);
    for (const [address, value] of Object.entries(changes)) {
      const words = address.split(".");
      if (value === null && words.length === 2 && GROUPS.has(words[0])) {
        for (const known of [...values.keys()]) if (known.startsWith(`${address}.`)) values.delete(known);
        continue;
      }
      defaultOf(address);
      if (value === null) values.delete(address);
      else values.set(address, fromJson(value));
    }
    return new Patch(values);
  }
}
