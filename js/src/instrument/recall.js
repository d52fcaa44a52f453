// Presets that the page recalls by itself, as far as it has what they name.

import { applied, changesBetween } from "./setup.js";

/** A preset as the page has it. @typedef {{ name: string, patch: Record<string, any> }} Preset */

/** What belongs to a moment: where things begin, and counts of what was done. */
const MOMENT = /(\.(triggers|start|seeks|recalls)|^glide\.seconds)$/;

/** @param {Record<string, any>} patch */
const lasting = (patch) => Object.fromEntries(Object.entries(patch).filter(([address]) => !MOMENT.test(address)));

/**
 * The changes that recall a preset: all of it but playheads and a clip whose paths and sounds are not in this page. Which
 * mapping plays stays as it is, too: the page has only one.
 * @param {import("./setup.js").Setup} setup What plays.
 * @param {Preset} preset
 * @returns {Record<string, any>}
 */
export function recalling({ patch, things }, preset) {
  const assets = things.config.assets ?? {};
  let wanted = { ...preset.patch };
  for (const [address, value] of Object.entries(preset.patch)) {
    const [group, name, word] = address.split(".");
    if (group === "playheads" && word === "path" && !(`paths/${value}` in assets)) {
      wanted = applied(wanted, { [`playheads.${name}`]: null });
    }
  }
  const sound = wanted["clip.sound"];
  const kept = sound && sound !== "live" && !(`sounds/${sound}` in assets) ? ["source", "clip.sound"] : ["source"];
  for (const address of kept) {
    delete wanted[address];
    if (address in patch) wanted[address] = patch[address];
  }
  return changesBetween(lasting(patch), lasting(wanted));
}
