// Between two patches: which numbers have values between them, and what those are.

import { GLIDES } from "./parameters.js";

/** @typedef {import("./patch.js").Patch} Patch */
/** @typedef {number | number[]} Numbers */
/**
 * From one value of a number to another: straight, or by equal factors.
 * @typedef {{ start: Numbers, end: Numbers, log: boolean }} Way
 */

/** @param {string} address @returns {string | undefined} */
function courseOf(address) {
  const [group, , ...rest] = address.split(".");
  return GLIDES[address] ?? GLIDES[`${group}.*.${rest.join(".")}`];
}

/** @param {any} one @param {any} other */
const same = (one, other) =>
  Array.isArray(one) && Array.isArray(other)
    ? one.length === other.length && one.every((value, k) => value === other[k])
    : one === other;

/**
 * The way between two values; `null` where there is none, or where they are the same.
 * @param {string} address
 * @param {any} start
 * @param {any} end
 * @returns {Way | null}
 */
function wayOf(address, start, end) {
  const course = courseOf(address);
  if (!course || same(start, end)) return null;
  const counts = new Set([start, end].filter(Array.isArray).map((value) => value.length));
  if (counts.size > 1 || ![start, end].flat().every(Number.isFinite)) return null;
  return { start, end, log: course === "log" };
}

/**
 * The value at a share of a way, from 0 to 1.
 * @param {Way} way
 * @param {number} share
 * @returns {Numbers}
 */
export function valueAt({ start, end, log }, share) {
  if (share <= 0 || share >= 1) return share <= 0 ? start : end;
  /** @param {number} a @param {number} b */
  const one = (a, b) => {
    const value = log ? a * (b / a) ** share : a + (b - a) * share;
    return Math.min(Math.max(value, Math.min(a, b)), Math.max(a, b)); // rounding leads nowhere beyond the ends
  };
  if (!Array.isArray(start) && !Array.isArray(end)) return one(start, end);
  const many = Array.isArray(start) ? start.length : /** @type {number[]} */ (end).length;
  return Array.from({ length: many }, (_, k) =>
    one(Array.isArray(start) ? start[k] : start, Array.isArray(end) ? end[k] : end),
  );
}

/**
 * All numbers that lie elsewhere in two patches and have values between, by address. Those of a member of a group are
 * among them only where both patches have that member.
 * @param {Patch} one
 * @param {Patch} other
 * @returns {Map<string, Way>}
 */
export function ways(one, other) {
  const found = new Map();
  for (const address of new Set([...one.values.keys(), ...other.values.keys()])) {
    const [group, name] = address.split(".");
    const members = [one.members(group), other.members(group)];
    if (members.some((names) => names.length) && !members.every((names) => names.includes(name))) continue;
    const way = wayOf(address, one.get(address), other.get(address));
    if (way) found.set(address, way);
  }
  return found;
}
