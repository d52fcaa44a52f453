// What moves latents by itself: one modulator for each, the same for all voices, on the engine's clock.

import { basis } from "../../../core/modulation/basis.js";
import { ENVELOPE } from "../../../core/modulation/envelope.js";
import { Ladder } from "../../../core/modulation/ladder.js";
import { bounded } from "../../../core/modulation/shaping.js";

/** @typedef {import("./modulator_settings.js").ModulatorSettings} ModulatorSettings */

const AHEAD = 32; // frames that phases are counted over, as in the Python package, for the same rounding

/**
 * What is added to the latents of every frame. A modulator's phase is how far it has come: in cells of its noise, or,
 * where it loops, from 0 to below 1.
 */
export class Modulators {
  /**
   * @param {ModulatorSettings} settings
   * @param {number} frameRate Latent frames per second.
   */
  constructor(settings, frameRate) {
    const dim = settings.rate.length;
    this._settings = settings;
    this._frameRate = frameRate;
    this._from = new Float64Array(dim);
    this._step = new Float64Array(dim);
    this._used = 0;
    this._ladders = Array.from({ length: dim }, () => new Ladder(frameRate));
    this._moved = new Float32Array(dim);
    this._set(settings);
  }

  /** @param {ModulatorSettings} settings */
  _set(settings) {
    this._settings = settings;
    const { seconds, rate, smooth } = settings;
    for (let d = 0; d < rate.length; d++) {
      this._step[d] = (seconds[d] > 0 ? 1 / seconds[d] : rate[d]) / this._frameRate;
      this._ladders[d].configure(smooth[d]);
    }
  }

  /** @param {Float32Array} latents `[D]` of the frame, are moved. */
  move(latents) {
    if (!this._settings.moving) return;
    for (let d = 0; d < latents.length; d++) latents[d] += this._moved[d];
  }

  /** Where a modulator is at the next frame. @param {number} d */
  phase(d) {
    return this._from[d] + this._used * this._step[d];
  }

  /** Where each is at the next frame, `[D]`. */
  get phases() {
    return Array.from(this._from, (_, d) => this.phase(d));
  }

  /** What the last frame's latent is moved by. @param {number} d */
  moved(d) {
    return this._settings.moving ? this._moved[d] : 0;
  }

  /** What is smoothed begins from rest; phases stay. */
  restart() {
    this._settle();
    for (const ladder of this._ladders) ladder.reset();
  }

  /**
   * Take what has changed: a new number of triggers begins all again, a start goes on from there.
   * @param {ModulatorSettings} settings
   * @param {Record<string, any>} changes
   */
  follow(settings, changes) {
    this._settle();
    const { seconds, rate } = this._settings;
    for (let d = 0; d < rate.length; d++) {
      if (seconds[d] > 0 && !(settings.seconds[d] > 0)) this._from[d] *= seconds[d] * rate[d];
      else if (!(seconds[d] > 0) && settings.seconds[d] > 0) {
        const loops = this._from[d] / (settings.seconds[d] * settings.rate[d]);
        this._from[d] = loops - Math.floor(loops);
      }
    }
    this._set(settings);
    if ("modulators.triggers" in changes) this._trigger();
    const start = changes["modulators.start"] ?? null;
    if (start !== null) for (let d = 0; d < rate.length; d++) this._from[d] = Array.isArray(start) ? start[d] : start;
    if (!settings.moving) for (const ladder of this._ladders) ladder.reset();
  }

  /** All begin again, in step. */
  _trigger() {
    this._settle();
    this._from.fill(0);
  }

  /** Count from the next frame. */
  _settle() {
    const { seconds } = this._settings;
    for (let d = 0; this._used && d < this._from.length; d++) {
      const phase = this.phase(d);
      this._from[d] = seconds[d] > 0 ? phase - Math.floor(phase) : phase;
    }
    this._used = 0;
  }

  /** The next frame begins. @param {number} [heard] Level of what is heard in it, from 0 to 1. */
  advance(heard = 0) {
    if (this._used === AHEAD) this._settle();
    const { moving, on, basis: names, seed, seconds, rate, energy, deviation, mode, limit, steps } = this._settings;
    for (let d = 0; moving && d < rate.length; d++) {
      const phase = this.phase(d);
      const wrapped = phase - Math.floor(phase);
      const units = seconds[d] > 0 ? wrapped * seconds[d] * rate[d] : phase;
      const value = names[d] === ENVELOPE ? heard : on[d] ? basis(names[d], seed[d], units, wrapped, steps) : 0;
      const found = energy[d] * value + deviation[d];
      this._moved[d] = this._ladders[d].process(on[d] ? bounded(found, mode[d], limit[d]) : 0);
    }
    this._used++;
  }
}
