// The stream model's network: latents of a frame to amplitudes of partials and bands of noise, hop by hop.

import { affine } from "../../core/linear.js";
import { BANDS, bandTable, HOP, PARTIALS } from "./grid.js";

// The level latent: 0 is -30 dBFS (RMS), and one more is 15 dB louder, up to -6 dBFS.
const LEVEL_DB = 15;
const LEVEL_AT_ZERO_DB = -30;
const QUIETEST = -3.5;
const LOUDEST = 1.6;
const FARTHEST = 5; // latents beyond are limited
const TAPS = 3; // frames that a convolution hears
const SLOPE = 0.2; // of what is below zero
const [LEAST, MOST] = [-15, 8]; // logarithms of amplitudes
const PARTIAL_POWER = 0.5; // at an amplitude of 1
const { fround } = Math;

/** Amplitudes of a hop: partials, then bands. */
export const CELL = PARTIALS + BANDS;

/** @typedef {import("../base.js").Weights} Weights */

/**
 * What a row remembers of the frames before: `[channel][tap]`, the oldest first.
 */
export class Memory {
  /**
   * @param {number} latents D.
   * @param {number} width
   */
  constructor(latents, width) {
    this.latents = new Float64Array(TAPS * latents);
    this.hidden = new Float64Array(TAPS * width);
    this.reset();
  }

  reset() {
    this.latents.fill(0);
    for (let tap = 0; tap < TAPS; tap++) this.latents[tap] = QUIETEST;
    this.hidden.fill(0);
  }

  /** @param {Memory} other */
  take(other) {
    this.latents.set(other.latents);
    this.hidden.set(other.hidden);
  }
}

/**
 * Put a frame's values behind those of the frames before.
 * @param {Float64Array} memory `[channel][tap]`.
 * @param {ArrayLike<number>} values `[channel]`.
 */
function pushed(memory, values) {
  for (let i = 0, at = 0; i < values.length; i++, at += TAPS) {
    memory[at] = memory[at + 1];
    memory[at + 1] = memory[at + 2];
    memory[at + 2] = values[i];
  }
}

/** @param {Float64Array} row Is changed. */
function leaky(row) {
  for (let i = 0; i < row.length; i++) if (row[i] < 0) row[i] *= SLOPE;
}

export class StreamDecoder {
  /**
   * @param {Weights} weights By name.
   * @param {number} ratio Samples per latent frame.
   * @throws {Error} If one is missing or of another size.
   */
  constructor(weights, ratio) {
    this.ratio = ratio;
    this.hops = ratio / HOP;
    this.width = weights["first.bias"]?.length ?? 0;
    this.latentDim = (weights["first.weight"]?.length ?? 0) / (TAPS * this.width);
    const { width, latentDim } = this;
    const table = (/** @type {string} */ name, /** @type {number} */ size) => {
      if (!(size > 0) || weights[name]?.length !== size) {
        throw new Error(`these are not weights of a stream model: ${name} does not fit`);
      }
      return weights[name];
    };
    const layer = (/** @type {string} */ name, /** @type {number} */ rows, /** @type {number} */ columns) => ({
      weight: table(`${name}.weight`, rows * columns),
      bias: table(`${name}.bias`, rows),
      output: new Float64Array(rows),
      rows,
      columns,
    });
    this._first = layer("first", width, TAPS * latentDim);
    this._second = layer("second", width, TAPS * width);
    this._third = layer("third", width, width);
    this._out = layer("out", this.hops * CELL, width);
    this._place = new Float64Array(latentDim);
    this._bandPowers = bandTable().powers;
  }

  /**
   * @param {StreamDecoder["_first"]} layer
   * @param {ArrayLike<number>} input
   */
  static _run(layer, input) {
    affine(layer.weight, layer.bias, input, layer.output, layer.rows, layer.columns);
    return layer.output;
  }

  /**
   * The amplitudes of a frame's hops. A frame with NaN in it is silent.
   * @param {Float32Array} latents `[D]`.
   * @param {Memory} memory Of the row; goes on by a frame.
   * @param {Float64Array} amplitudes Is filled, `[hops][CELL]`.
   */
  amplitudes(latents, memory, amplitudes) {
    const level = this._sanitise(latents);
    pushed(memory.latents, this._place);
    const first = StreamDecoder._run(this._first, memory.latents);
    leaky(first);
    pushed(memory.hidden, first);
    const hidden = StreamDecoder._run(this._second, memory.hidden);
    leaky(hidden);
    const more = StreamDecoder._run(this._third, hidden);
    leaky(more);
    for (let i = 0; i < hidden.length; i++) hidden[i] += more[i];
    const raw = StreamDecoder._run(this._out, hidden);
    let power = 0;
    for (let i = 0, cell = 0; i < raw.length; i++, cell = cell + 1 === CELL ? 0 : cell + 1) {
      const shape = Math.exp(Math.min(MOST, Math.max(LEAST, raw[i])));
      amplitudes[i] = shape;
      power += shape * shape * (cell < PARTIALS ? PARTIAL_POWER : this._bandPowers[cell - PARTIALS]);
    }
    const loud = 10 ** ((LEVEL_AT_ZERO_DB + LEVEL_DB * level) / 20);
    const gain = level <= QUIETEST ? 0 : loud / Math.sqrt(power / this.hops + 1e-12);
    for (let i = 0; i < raw.length; i++) amplitudes[i] *= gain;
  }

  /** The frame's place, limited, and its level, which counts as silence where a latent is none. @param {Float32Array} latents */
  _sanitise(latents) {
    let known = true;
    for (let i = 0; i < this._place.length; i++) {
      const finite = Number.isFinite(latents[i]);
      known &&= finite;
      this._place[i] = finite ? Math.min(FARTHEST, Math.max(-FARTHEST, latents[i])) : 0;
    }
    const level = known ? Math.min(fround(LOUDEST), Math.max(QUIETEST, this._place[0])) : QUIETEST;
    this._place[0] = level;
    return level;
  }
}
