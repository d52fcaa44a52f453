// The essentials of what moves by itself: on and off, how much, whether the hand leads; and presets as pads.

import { FittedControlMap } from "../engine/audio/fitted_control_map.js";
import { PARAMETERS } from "../engine/audio/parameters.js";
import { slider } from "../shared/own_keys.js";
import { button, element } from "./elements.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./recall.js").Preset} Preset */

const AMOUNT = "modulators.amount";
const LEADS = "control.leads";
const PLACE = "control.place";
const MOST = 2;

/**
 * @typedef {object} Acts
 * @property {(changes: Record<string, any>) => void} change Takes changes of the patch.
 * @property {(preset: Preset) => void} recall
 * @property {() => number[] | null} place Where the first hand is, or was last, in control units; null before.
 */

/** Whether a patch has latents move, at any amount. @param {Record<string, any>} patch */
export function moves(patch) {
  return ["energy", "deviation"].some((word) => [patch[`modulators.${word}`] ?? 0].flat().some((value) => value !== 0));
}

export class MovementRow {
  /** @param {Acts} acts */
  constructor(acts) {
    this._acts = acts;
    this._before = 1; // amount, to which it goes on again
    this._moving = button("Movement", "Whether latents move by themselves", () => this._turn());
    this._amount = slider({ min: 0, max: MOST, step: 0.01 });
    this._amount.setAttribute("aria-label", "Amount of movement");
    this._amount.title = "How far latents move";
    this._amount.addEventListener("input", () => acts.change({ [AMOUNT]: Number(this._amount.value) }));
    this._leads = button("Hand leads", "How latents move follows the place of the hand", () => this._lead());
    this._pads = element("div", { class: "presets", role: "group", "aria-label": "Presets" });
    this.element = element("div", { class: "movement" }, this._moving, this._amount, this._leads, this._pads);
    /** @type {Setup | null} */ this._setup = null;
    /** @type {Preset[]} */ this._presets = [];
  }

  /**
   * @param {Setup} setup
   * @param {Preset[]} presets
   */
  show(setup, presets) {
    this._setup = setup;
    const { patch } = setup;
    const leads = patch[LEADS] === true;
    const mapped = "control" in (setup.things.config.assets ?? {});
    const amount = patch[AMOUNT] ?? PARAMETERS[AMOUNT];
    this._moving.setAttribute("aria-pressed", String(amount > 0));
    if (amount > 0) this._before = amount;
    if (!this._amount.matches(":active")) this._amount.value = String(amount); // else the finger says where it is
    this._moving.hidden = this._amount.hidden = !(moves(patch) || mapped);
    this._leads.hidden = !mapped;
    this._leads.setAttribute("aria-pressed", String(leads));
    this._show(presets);
    this.element.hidden = this._moving.hidden && this._leads.hidden && this._pads.hidden;
  }

  /** @param {Preset[]} presets */
  _show(presets) {
    if (presets === this._presets) return;
    this._presets = presets;
    const pads = presets.map((preset) =>
      button(preset.name, `Recall the preset “${preset.name}”`, () => this._acts.recall(preset)),
    );
    this._pads.replaceChildren(...pads);
    this._pads.hidden = presets.length === 0;
  }

  _turn() {
    const on = this._moving.getAttribute("aria-pressed") === "true";
    this._acts.change({ [AMOUNT]: on ? 0 : this._before });
  }

  /** The hand leads, or all stays as the map says of where it was last. */
  _lead() {
    if (!this._setup) return;
    const asked = this._acts.place() ?? [this._setup.patch[PLACE] ?? PARAMETERS[PLACE]].flat();
    const place = [...asked, 0, 0].slice(0, 2);
    if (this._leads.getAttribute("aria-pressed") === "true") {
      const { config, arrays } = this._setup.things;
      const own = Object.entries(arrays).filter(([name]) => name.startsWith("control:"));
      const named = Object.fromEntries(own.map(([name, array]) => [name.slice(8), array]));
      const map = new FittedControlMap(config.assets?.control?.config, named);
      this._acts.change({ [LEADS]: false, ...map.at(Float32Array.from(place)) });
    } else {
      this._acts.change({ [LEADS]: true, [PLACE]: place });
    }
  }
}
