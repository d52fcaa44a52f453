// The decoder's first half: latents of a frame to its pitch, the harmonics' amplitudes and the noise's gains.

import { affine } from "../../core/linear.js";
import { BANDS, BINS, bandTable, FADE, GLIDE, HARMONICS, HOP, LATENT_DIM, NYQUIST, SUBFRAMES } from "./tables.js";

const { fround } = Math;
const LATENT_LIMIT = 5;
const MIDDLE_C = 440 * 2 ** (-9 / 12); // Hz
const NEPERS_PER_DB = Math.LN10 / 20;
const DB_PER_UNIT = 12;
const DB_CENTRE = -36;
const DB_LIMIT = -6; // RMS, so that no latent can shout
const DB_SILENCE = -72;
const QUIETEST = -3.5; // latent 1 of digital silence
const DB_FADE = 6;
const HIDDEN = 256;
const ENVELOPE = 48; // knots of the spectral envelope
const ENVELOPE_BEND = 300; // Hz: the knots lie linearly below, logarithmically above
const LOG_RANGE = 8; // nepers
const EPSILON = 1e-5; // of a layer's norm, as torch has it
const CELL = HARMONICS + BANDS; // outputs for a sub-frame
const OUTPUTS_OF_NET = SUBFRAMES * CELL + ENVELOPE;

/** @typedef {Record<string, Float32Array>} Weights */

/**
 * Layer norm, then SiLU.
 * @param {Float64Array} row Is changed.
 * @param {Float32Array} factor
 * @param {Float32Array} offset
 */
function activate(row, factor, offset) {
  let mean = 0;
  for (let i = 0; i < row.length; i++) mean += row[i];
  mean /= row.length;
  let variance = 0;
  for (let i = 0; i < row.length; i++) variance += (row[i] - mean) ** 2;
  const scale = 1 / Math.sqrt(variance / row.length + EPSILON);
  for (let i = 0; i < row.length; i++) {
    const value = (row[i] - mean) * scale * factor[i] + offset[i];
    row[i] = value / (1 + Math.exp(-value));
  }
}

/** Outputs that can be changed, by layer: channels, and where they begin in what a row holds. */
const OUTPUTS = [0, 1, 2, 3].map((k) => ({
  name: `net.${k < 3 ? 3 * k + 2 : 9}.output`,
  channels: k < 3 ? HIDDEN : OUTPUTS_OF_NET,
  start: k * HIDDEN,
}));
/** How many numbers a row may hold. */
export const HELD = 3 * HIDDEN + OUTPUTS_OF_NET;
const [HOLD, GAIN, OFFSET, FOLD, COLUMNS] = [0, 1, 2, 3, 4];

/**
 * Tables of outputs that change nothing, by name.
 * @returns {Weights}
 */
export function neutralTables() {
  const tables = OUTPUTS.map(({ name, channels }) => {
    const table = new Float32Array(COLUMNS * channels);
    for (let c = 0; c < channels; c++) table[COLUMNS * c + GAIN] = 1;
    return [name, table];
  });
  return Object.fromEntries(tables);
}

/**
 * A layer's output, held, scaled, shifted and folded channel by channel.
 * @param {Float32Array} table `[channels][4]`.
 * @param {Float64Array} values Are changed.
 * @param {Float64Array} held Of the whole row; NaN: nothing yet.
 * @param {number} start Where the layer's are.
 */
function change(table, values, held, start) {
  for (let c = 0; c < values.length; c++) {
    const row = COLUMNS * c;
    let value = values[c];
    if (table[row + HOLD] > 0) {
      if (Number.isNaN(held[start + c])) held[start + c] = value;
      value += table[row + HOLD] * (held[start + c] - value);
    } else {
      held[start + c] = Number.NaN;
    }
    value = table[row + GAIN] * value + table[row + OFFSET];
    if (table[row + FOLD] > 0) {
      const turned = (value + 1) % 4;
      const folded = 1 - Math.abs((turned < 0 ? turned + 4 : turned) - 2);
      value += table[row + FOLD] * (folded - value);
    }
    values[c] = value;
  }
}

/**
 * Latent 1 to RMS amplitude, exactly zero at and below -72 dBFS, limited at -6 dBFS.
 * @param {number} latent
 */
function gainOf(latent) {
  const level = Math.min(latent, (DB_LIMIT - DB_CENTRE) / DB_PER_UNIT);
  const fade = Math.min(1, Math.max(0, (DB_CENTRE - DB_SILENCE) / DB_FADE + (level * DB_PER_UNIT) / DB_FADE));
  return Math.exp(NEPERS_PER_DB * (DB_CENTRE + level * DB_PER_UNIT)) * fade;
}

/** What is to be synthesised of a frame, in one row. */
export class Controls {
  constructor() {
    /** Hz. */
    this.frequency = 0;
    /** Hz, of the frame before. */
    this.earlier = 0;
    /** RMS amplitudes of the harmonics at the end of each sub-frame. */
    this.amplitudes = new Float32Array(SUBFRAMES * HARMONICS);
    /** Noise gains, each segment centred on the end of its sub-frame. */
    this.gains = new Float32Array(SUBFRAMES * BINS);
  }
}

export class PebbleDecoder {
  /**
   * @param {Weights} weights By name, without the prefix `decoder.`.
   * @throws {Error} If one is missing or of another size.
   */
  constructor(weights) {
    const sizes = [2 * LATENT_DIM, HIDDEN, HIDDEN, HIDDEN, OUTPUTS_OF_NET];
    this._layers = sizes.slice(1).map((rows, k) => ({
      weight: PebbleDecoder.table(weights, `net.${3 * k}.weight`, rows * sizes[k]),
      bias: PebbleDecoder.table(weights, `net.${3 * k}.bias`, rows),
      factor: k < 3 ? PebbleDecoder.table(weights, `net.${3 * k + 1}.weight`, rows) : new Float32Array(0),
      offset: k < 3 ? PebbleDecoder.table(weights, `net.${3 * k + 1}.bias`, rows) : new Float32Array(0),
      output: new Float64Array(rows),
    }));
    const bends = OUTPUTS.some(({ name }) => name in weights);
    /** Tables of outputs by layer, where some are changed. */
    this.tables = bends ? OUTPUTS.map(({ name }) => weights[name]) : null;
    this._pair = new Float64Array(2 * LATENT_DIM);
    this._formants = new Float64Array(HARMONICS);
    this._bands = bandTable();
  }

  /**
   * @param {Weights} weights
   * @param {string} name
   * @param {number} size
   */
  static table(weights, name, size) {
    if (weights[name]?.length !== size) throw new Error(`these are not weights of pebble: ${name} does not fit`);
    return weights[name];
  }

  /**
   * Latents within ±5; one that holds NaN becomes a silent one, infinity becomes the limit.
   * @param {ArrayLike<number>} latents `[D]`.
   * @param {Float32Array} out Is filled, `[D]`.
   */
  sanitise(latents, out) {
    let broken = false;
    for (let d = 0; d < LATENT_DIM; d++) broken = broken || Number.isNaN(latents[d]);
    for (let d = 0; d < LATENT_DIM; d++) {
      const value = broken ? (d === 1 ? -LATENT_LIMIT : 0) : latents[d];
      out[d] = Math.min(LATENT_LIMIT, Math.max(-LATENT_LIMIT, value));
    }
  }

  /**
   * @param {Float32Array} latents Sanitised, `[D]`.
   * @param {Float32Array | null} earlier Those of the frame before; none: out of silence, without a glide.
   * @param {Controls} controls Is filled.
   * @param {Float64Array} held What the row holds of outputs, `HELD` numbers.
   */
  controls(latents, earlier, controls, held) {
    const pair = this._pair;
    for (let d = 0; d < LATENT_DIM; d++) {
      pair[d] = latents[d];
      pair[LATENT_DIM + d] = earlier ? earlier[d] : d === 1 ? QUIETEST : latents[d];
    }
    controls.frequency = 2 ** pair[0] * MIDDLE_C;
    controls.earlier = 2 ** pair[LATENT_DIM] * MIDDLE_C;
    const outputs = this._network(held);
    this._locateFormants(outputs, fround(controls.frequency));
    const power = this._shares(outputs, controls);
    const scale = gainOf(latents[1]) / Math.sqrt(power / SUBFRAMES + 1e-12);
    const { amplitudes, gains } = controls;
    for (let i = 0; i < amplitudes.length; i++) amplitudes[i] *= scale;
    for (let i = 0; i < gains.length; i++) gains[i] *= scale;
  }

  /** @param {Float64Array} held */
  _network(held) {
    let input = this._pair;
    for (let k = 0; k < this._layers.length; k++) {
      const { weight, bias, factor, offset, output } = this._layers[k];
      affine(weight, bias, input, output, output.length, input.length);
      if (k < this._layers.length - 1) activate(output, factor, offset);
      const table = this.tables?.[k];
      if (table) change(table, output, held, OUTPUTS[k].start);
      input = output;
    }
    return input;
  }

  /**
   * The spectral envelope at the harmonics, so that formants stay where they are while the pitch moves.
   * @param {Float64Array} outputs
   * @param {number} frequency Hz.
   */
  _locateFormants(outputs, frequency) {
    const knotsPerLog = fround((ENVELOPE - 1.001) / Math.log1p(NYQUIST / ENVELOPE_BEND));
    const first = SUBFRAMES * CELL;
    for (let h = 0; h < HARMONICS; h++) {
      const bend = Math.min(NYQUIST / ENVELOPE_BEND, frequency * fround((h + 1) / ENVELOPE_BEND));
      const place = Math.log1p(bend) * knotsPerLog;
      const knot = Math.floor(place);
      const low = outputs[first + knot];
      this._formants[h] = low + (outputs[first + knot + 1] - low) * (place - knot);
    }
  }

  /**
   * How the frame's power is shared; not yet scaled.
   * @param {Float64Array} outputs Are changed.
   * @param {Controls} controls
   * @returns {number} The sum of all squares.
   */
  _shares(outputs, { frequency, earlier, amplitudes, gains }) {
    const { above, share } = this._bands;
    const [end, start] = [fround(frequency), fround(earlier)];
    let power = 0;
    for (let s = 0; s < SUBFRAMES; s++) {
      const cell = s * CELL;
      const hertz = start + (end - start) * Math.min(1, ((s + 1) * HOP) / GLIDE);
      for (let h = 0; h < HARMONICS; h++) {
        const level = Math.exp(Math.tanh((outputs[cell + h] + this._formants[h]) / LOG_RANGE) * LOG_RANGE);
        // harmonics fade out below Nyquist
        const audible = (NYQUIST - hertz * (h + 1)) / (Math.SQRT2 * FADE);
        const amplitude = level * Math.min(Math.SQRT1_2, Math.max(0, audible));
        amplitudes[s * HARMONICS + h] = amplitude;
        power += amplitude * amplitude;
      }
      for (let b = cell + HARMONICS; b < cell + CELL; b++) {
        outputs[b] = Math.exp(Math.tanh(outputs[b] / LOG_RANGE) * LOG_RANGE);
      }
      for (let bin = 1; bin < BINS - 1; bin++) {
        const band = cell + HARMONICS + above[bin];
        const gain = (1 - share[bin]) * outputs[band - 1] + share[bin] * outputs[band];
        gains[s * BINS + bin] = gain;
        power += gain * gain;
      }
    }
    return power;
  }
}
