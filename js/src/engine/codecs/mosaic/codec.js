// `mosaic`: a codec that is made of sounds; its decoder in motion.

import { Corpus } from "./corpus.js";
import { HOP, SAMPLE_RATE } from "./frames.js";
import { Grains } from "./grains.js";
import { MosaicVoice } from "./voice.js";

/** @typedef {import("../base.js").Codec} Codec */
/** @typedef {import("../base.js").CodecStream} CodecStream */
/** @typedef {import("./blend.js").BlendSettings} BlendSettings */

const MAX_VOICES = 16;
const NEIGHBOURS = "mosaic.neighbours";
const SHARPNESS = "mosaic.sharpness";

/** @implements {CodecStream} */
class MosaicStream {
  /**
   * @param {Grains} grains
   * @param {BlendSettings} settings
   */
  constructor(grains, settings) {
    this.pieces = 1;
    this.rows = 1;
    this._grains = grains;
    this._settings = { ...settings };
    this._voices = Array.from({ length: MAX_VOICES }, () => new MosaicVoice(grains));
  }

  reset() {
    for (let k = 0; k < MAX_VOICES; k++) this._voices[k].reset();
  }

  /** @param {number} rows */
  resize(rows) {
    if (!(rows >= 1 && rows <= MAX_VOICES)) throw new Error(`a mosaic streams 1 to ${MAX_VOICES} voices, got ${rows}`);
    for (let k = this.rows; k < rows; k++) this._voices[k].reset();
    this.rows = rows;
  }

  /**
   * @param {string} address
   * @param {number} value
   */
  configure(address, value) {
    if (address === NEIGHBOURS) this._settings.neighbours = value;
    if (address === SHARPNESS) this._settings.sharpness = value;
  }

  /**
   * @param {number} row
   * @param {Float32Array} latents
   */
  begin(row, latents) {
    this._voices[row].begin(latents, this._settings);
  }

  /**
   * @param {number} row
   * @param {number} _piece
   * @param {Float32Array[]} audio
   */
  piece(row, _piece, audio) {
    this._voices[row].hop(audio);
  }

  advance() {}

  /** Other sounds from the next frame on. @param {MosaicCodec} codec Of as many channels, whose latents mean the same. */
  adopt(codec) {
    for (let k = 0; k < this.rows; k++) this._voices[k].leave();
    this._grains.use(codec.corpus);
  }
}

/** @implements {Codec} */
export class MosaicCodec {
  /**
   * @param {import("./corpus.js").CorpusData} data Its sounds.
   * @param {BlendSettings} settings How frames are put together.
   */
  constructor(data, settings) {
    const corpus = new Corpus(data);
    this.corpus = corpus;
    this.info = {
      name: "mosaic",
      sampleRate: SAMPLE_RATE,
      ratio: HOP,
      latentDim: corpus.latentDim,
      channels: corpus.audio.length,
      delay: 0,
      parameters: [NEIGHBOURS, SHARPNESS],
      maxVoices: MAX_VOICES,
    };
    this._settings = settings;
  }

  stream() {
    return new MosaicStream(new Grains(this.corpus), this._settings);
  }
}
