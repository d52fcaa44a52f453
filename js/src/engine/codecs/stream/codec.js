// A trained stream model: its decoder in motion.

import { CELL, Memory, StreamDecoder } from "./decoder.js";
import { HOP, SAMPLE_RATE } from "./grid.js";
import { PartialsAndNoise } from "./synth.js";

/** @typedef {import("../base.js").Codec} Codec */
/** @typedef {import("../base.js").CodecStream} CodecStream */
/** @typedef {import("../base.js").Weights} Weights */

const MAX_VOICES = 16;

/** What a row remembers. */
class Row {
  /** @param {StreamDecoder} decoder */
  constructor(decoder) {
    this.memory = new Memory(decoder.latentDim, decoder.width);
    this.tail = new Float32Array(HOP);
    this.amplitudes = new Float64Array(decoder.hops * CELL);
  }

  reset() {
    this.memory.reset();
    this.tail.fill(0);
  }

  /** Go on from where another is. @param {Row} other */
  take(other) {
    this.memory.take(other.memory);
    this.tail.set(other.tail);
  }
}

/** @implements {CodecStream} */
class Stream {
  /**
   * @param {StreamDecoder} decoder
   * @param {PartialsAndNoise} synth
   */
  constructor(decoder, synth) {
    this.pieces = decoder.hops;
    this.rows = 1;
    this._decoder = decoder;
    this._synth = synth;
    this._all = Array.from({ length: MAX_VOICES }, () => new Row(decoder));
    this._hops = 0;
  }

  reset() {
    for (let k = 0; k < this._all.length; k++) this._all[k].reset();
    this._hops = 0;
  }

  /** Go on from where another stream of this codec is, bent or not. @param {Stream} other */
  take(other) {
    for (let k = 0; k < this._all.length; k++) this._all[k].take(other._all[k]);
    this.rows = other.rows;
    this._hops = other._hops;
  }

  /** @param {number} rows */
  resize(rows) {
    if (!(rows >= 1 && rows <= MAX_VOICES)) {
      throw new Error(`a stream model streams 1 to ${MAX_VOICES} voices, got ${rows}`);
    }
    for (let k = this.rows; k < rows; k++) this._all[k].reset();
    this.rows = rows;
  }

  /**
   * @param {number} row
   * @param {Float32Array} latents
   */
  begin(row, latents) {
    const own = this._all[row];
    this._decoder.amplitudes(latents, own.memory, own.amplitudes);
  }

  /**
   * @param {number} row
   * @param {number} piece
   * @param {Float32Array[]} audio
   */
  piece(row, piece, audio) {
    const own = this._all[row];
    this._synth.run(own.amplitudes, piece, this._hops + piece, own.tail, audio[0]);
  }

  advance() {
    this._hops += this.pieces;
  }
}

/** @implements {Codec} */
export class StreamCodec {
  /**
   * @param {Weights} weights Of the decoder, by name.
   * @param {number} ratio Samples per latent frame.
   * @param {string} name Shown to the user.
   */
  constructor(weights, ratio, name) {
    this._decoder = new StreamDecoder(weights, ratio);
    this._synth = new PartialsAndNoise();
    this._ratio = ratio;
    this.weights = weights;
    this.info = {
      name,
      sampleRate: SAMPLE_RATE,
      ratio,
      latentDim: this._decoder.latentDim,
      channels: 1,
      delay: 0,
      maxVoices: MAX_VOICES,
    };
  }

  /** @param {Weights} bent Those that are not its own; none: the codec's own sound. */
  stream(bent = {}) {
    const own = Object.keys(bent).length === 0;
    return new Stream(own ? this._decoder : new StreamDecoder({ ...this.weights, ...bent }, this._ratio), this._synth);
  }
}
