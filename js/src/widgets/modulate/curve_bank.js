// The last seconds of every modulator, computed in the page: by the engine's own code, at a picture's rate.

import { ModulatorSettings } from "../../engine/audio/engine/latents/modulator_settings.js";
import { Modulators } from "../../engine/audio/engine/latents/modulators.js";
import { fromJson, Patch } from "../../engine/audio/patch.js";

export const RATE = 30; // Hz
export const SHOWN = 120; // values of a curve: four seconds
const LONGEST = 1; // seconds that are caught up; a page that slept goes on from now

export class CurveBank {
  constructor() {
    this.dim = 0;
    /** Latents that move, in order. @type {number[]} */
    this.moving = [];
    /** Largest value that a curve is drawn for. */
    this.reach = 1;
    /** @type {Modulators | null} */
    this._bank = null;
    /** @type {ModulatorSettings | null} */
    this._settings = null;
    /** Level of what is heard live, from 0 to 1. */
    this.heard = 0;
    this._triggers = 0;
    this._owed = 0; // seconds
    this._at = 0; // the oldest of the values
    this._values = new Float32Array(0); // [SHOWN, D]
    this._frame = new Float32Array(0);
  }

  /**
   * Move like this from now on.
   * @param {Record<string, any>} values Of the patch, by address, as JSON has them.
   * @param {number} dim D.
   */
  configure(values, dim) {
    const patch = new Patch(new Map(Object.entries(values).map(([address, value]) => [address, fromJson(value)])));
    const get = (/** @type {string} */ word) => patch.get(`modulators.${word}`);
    const settings = new ModulatorSettings(dim, get, (60 / patch.get("clock.tempo")) * patch.get("clock.beats"));
    const triggers = get("triggers");
    if (this._bank && dim === this.dim) {
      this._bank.follow(settings, triggers === this._triggers ? {} : { "modulators.triggers": triggers });
    } else {
      this._bank = new Modulators(settings, RATE);
      this.dim = dim;
      this._values = new Float32Array(SHOWN * dim);
      this._frame = new Float32Array(dim);
    }
    this._triggers = triggers;
    this._settings = settings;
    const { on, energy, deviation } = settings;
    this.moving = on.flatMap((is, k) => (is && (energy[k] !== 0 || deviation[k] !== 0) ? [k] : []));
    this.reach = Math.max(0.1, ...this.moving.map((k) => Math.abs(energy[k]) + Math.abs(deviation[k])));
  }

  /** Go on from where an engine is. @param {ArrayLike<number>} phases `[D]` */
  place(phases) {
    if (phases.length !== this.dim || !this._settings) return;
    this._bank?.follow(this._settings, { "modulators.start": Array.from(phases) });
  }

  /** So much time has gone by. @param {number} seconds */
  advance(seconds) {
    this._owed = Math.min(this._owed + seconds, LONGEST);
    for (; this._owed >= 1 / RATE; this._owed -= 1 / RATE) this._step();
  }

  /** A whole picture from a trigger on, for pages that shall not move. */
  fill() {
    if (!this._settings) return;
    this._bank = new Modulators(this._settings, RATE);
    for (let k = 0; k < SHOWN; k++) this._step();
  }

  _step() {
    this._frame.fill(0);
    this._bank?.advance(this.heard);
    this._bank?.move(this._frame);
    this._values.set(this._frame, this._at * this.dim);
    this._at = (this._at + 1) % SHOWN;
  }

  /**
   * A value of a latent's curve.
   * @param {number} latent
   * @param {number} k 0 is the oldest, `SHOWN - 1` the newest.
   */
  value(latent, k) {
    return this._values[((this._at + k) % SHOWN) * this.dim + latent];
  }
}
