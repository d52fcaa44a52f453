// `pebble`, the bundled codec: its decoder in motion.

import { Controls, HELD, neutralTables, PebbleDecoder } from "./decoder.js";
import { LiveEncoder } from "./live_encoder.js";
import { HarmonicNoiseSynth, SynthState } from "./synth.js";
import { LATENT_DIM, RATIO, SAMPLE_RATE, SUBFRAMES } from "./tables.js";

/** @typedef {import("../base.js").Codec} Codec */
/** @typedef {import("../base.js").CodecStream} CodecStream */

const MAX_VOICES = 16;

/**
 * The weights of a part by name, from the arrays of a file.
 * @param {Record<string, import("../../io/safetensors.js").Tensor>} tensors
 * @param {string} prefix Of the part.
 * @returns {import("./decoder.js").Weights}
 */
export function pebbleWeights(tensors, prefix = "decoder.") {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, { data }]) => [name.slice(prefix.length), Float32Array.from(data)]));
}

/** What a row remembers. */
class Row {
  constructor() {
    this.synth = new SynthState();
    this.controls = new Controls();
    this.latents = new Float32Array(LATENT_DIM);
    this.earlier = new Float32Array(LATENT_DIM);
    this.started = false;
    this.held = new Float64Array(HELD).fill(Number.NaN);
  }

  reset() {
    this.held.fill(Number.NaN);
    this.synth.reset();
    this.started = false;
  }

  /**
   * Go on from where another is.
   * @param {Row} other
   * @param {boolean} holding Whether it holds something of outputs.
   */
  take(other, holding) {
    if (holding) this.held.set(other.held);
    else this.held.fill(Number.NaN);
    this.synth.take(other.synth);
    this.latents.set(other.latents);
    this.earlier.set(other.earlier);
    this.started = other.started;
  }
}

/** @implements {CodecStream} */
class PebbleStream {
  /**
   * @param {PebbleDecoder} decoder
   * @param {HarmonicNoiseSynth} synth
   */
  constructor(decoder, synth) {
    this.pieces = SUBFRAMES;
    this.rows = 1;
    this._decoder = decoder;
    this._synth = synth;
    this._all = Array.from({ length: MAX_VOICES }, () => new Row());
    this._frame = 0;
  }

  /** @param {number} frame Absolute index of the next frame. */
  reset(frame = 0) {
    for (let k = 0; k < this._all.length; k++) this._all[k].reset();
    this._frame = frame;
  }

  /** Go on from where another stream of this codec is, bent or not. @param {PebbleStream} other */
  take(other) {
    for (let k = 0; k < this._all.length; k++) this._all[k].take(other._all[k], other._decoder.tables !== null);
    this.rows = other.rows;
    this._frame = other._frame;
  }

  /** @param {number} rows */
  resize(rows) {
    if (!(rows >= 1 && rows <= MAX_VOICES)) throw new Error(`pebble streams 1 to ${MAX_VOICES} voices, got ${rows}`);
    for (let k = this.rows; k < rows; k++) this._all[k].reset();
    this.rows = rows;
  }

  /**
   * @param {number} row
   * @param {number} piece
   * @param {Float32Array[]} audio
   */
  piece(row, piece, audio) {
    const { controls, synth } = this._all[row];
    this._synth.run(controls, piece, this._frame, synth, audio[0]);
  }

  /**
   * @param {number} row
   * @param {Float32Array} latents
   */
  begin(row, latents) {
    const own = this._all[row];
    const { latents: last, earlier } = own;
    own.latents = earlier; // the two change places
    own.earlier = last;
    this._decoder.sanitise(latents, own.latents);
    this._decoder.controls(own.latents, own.started ? own.earlier : null, own.controls, own.held);
    own.started = true;
  }

  advance() {
    this._frame++;
  }
}

/** @implements {Codec} */
export class PebbleCodec {
  /**
   * @param {import("./decoder.js").Weights} weights As `pebbleWeights` gives them.
   * @param {import("./decoder.js").Weights} encoder Of the encoder; none: it cannot hear.
   */
  constructor(weights, encoder = {}) {
    this._encoder = encoder;
    this.info = {
      name: "pebble",
      sampleRate: SAMPLE_RATE,
      ratio: RATIO,
      latentDim: LATENT_DIM,
      channels: 1,
      delay: 0,
      maxVoices: MAX_VOICES,
    };
    const hearing = Object.entries(encoder).map(([name, values]) => [`encoder.${name}`, values]);
    /**
     * All that can be bent, by name: the decoder's own weights, tables of its outputs, and the encoder's weights.
     * @type {import("../base.js").Weights}
     */
    this.weights = { ...neutralTables(), ...weights, ...Object.fromEntries(hearing) };
    this._own = weights;
    this._decoder = new PebbleDecoder(weights);
    this._synth = new HarmonicNoiseSynth();
  }

  /** A fresh encoder for live sound, or nothing. */
  liveEncoder() {
    return Object.keys(this._encoder).length ? new LiveEncoder(this._encoder) : null;
  }

  /** @param {import("./decoder.js").Weights} weights Those that are not its own; none: the codec's own sound. */
  stream(weights = {}) {
    const bent = Object.keys(weights).length > 0;
    return new PebbleStream(bent ? new PebbleDecoder({ ...this._own, ...weights }) : this._decoder, this._synth);
  }
}
