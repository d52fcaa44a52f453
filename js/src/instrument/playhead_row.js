// A button for each playhead: it plays or pauses. And where they are, as places on the plane.

import { button, element } from "./elements.js";

/** @typedef {import("./setup.js").Setup} Setup */

/** Names of the playheads, in their order. @param {Record<string, any>} patch */
export function playheadNames(patch) {
  const names = Object.keys(patch).filter((address) => address.startsWith("playheads."));
  return [...new Set(names.map((address) => address.split(".")[1]))];
}

/** The changes that pause all that plays by itself. @param {Record<string, any>} patch */
export function allPaused(patch) {
  const paused = playheadNames(patch).map((name) => [`playheads.${name}.playing`, false]);
  return Object.fromEntries(patch["clip.sound"] ? [...paused, ["clip.running", false]] : paused);
}

/**
 * Where the playheads are.
 * @param {Setup} setup
 * @param {number[]} positions In points of their paths; -1 does not sound.
 * @returns {[number, number][]}
 */
export function playheadPlaces({ patch, things }, positions) {
  /** @type {[number, number][]} */
  const places = [];
  playheadNames(patch).forEach((name, k) => {
    const points = things.arrays[`paths/${patch[`playheads.${name}.path`]}:points`];
    if (!points || !(positions[k] >= 0)) return;
    const [count, dims] = points.shape;
    const low = Math.min(Math.floor(positions[k]), count - 1);
    const high = Math.min(low + 1, count - 1);
    const part = Math.min(1, positions[k] - low);
    const of = (/** @type {number} */ c) => {
      const [a, b] = [points.data[low * dims + c], points.data[high * dims + c]];
      return a + part * (b - a);
    };
    places.push([of(0), of(1)]);
  });
  return places;
}

export class PlayheadRow {
  /** @param {(changes: Record<string, any>) => void} change Takes changes of the patch. */
  constructor(change) {
    this.element = element("div", { class: "playheads", role: "group", "aria-label": "Playheads" });
    this._change = change;
    /** @type {Map<string, HTMLButtonElement>} */
    this._buttons = new Map();
  }

  /**
   * @param {Record<string, any>} patch
   * @param {import("./plane_canvas.js").PathContent[]} paths
   */
  show(patch, paths) {
    const names = playheadNames(patch);
    for (const [name, made] of this._buttons) {
      if (names.includes(name)) continue;
      made.remove();
      this._buttons.delete(name);
    }
    for (const name of names) {
      const address = `playheads.${name}.playing`;
      const playing = patch[address] ?? true;
      let made = this._buttons.get(name);
      if (!made) {
        made = button("", "Play or pause along this path", () => this._press(name));
        this._buttons.set(name, made);
      }
      const path = paths.find(({ id }) => id === patch[`playheads.${name}.path`]);
      made.textContent = `${playing ? "❚❚" : "▶"} ${path?.name || name}`;
      made.setAttribute("aria-label", `${playing ? "Pause" : "Play"} ${path?.name || name}`);
      made.dataset.playing = String(playing);
      this.element.append(made);
    }
    this.element.hidden = names.length === 0;
  }

  /** @param {string} name */
  _press(name) {
    const playing = this._buttons.get(name)?.dataset.playing === "true";
    this._change({ [`playheads.${name}.playing`]: !playing });
  }
}
