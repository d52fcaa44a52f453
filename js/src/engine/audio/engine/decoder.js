// The decoder in an engine: latents of all voices to their sounds, piece by piece, or a fault in words.

import { blended } from "../../core/blended.js";
import { blame, causeOf } from "./bent_cause.js";
import { FaultGuard } from "./fault_guard.js";

/** @typedef {import("../../codecs/base.js").CodecStream} CodecStream */
/** @typedef {import("../../codecs/base.js").Weights} Weights */

const { fround } = Math;
const ENCODER = "encoder."; // begins the names of layers that only hear
const FAULT = "the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared";

/** One stream of a codec with a row for each voice. */
export class Decoder {
  /** @param {import("../../codecs/base.js").Codec} codec What decodes. */
  constructor(codec) {
    const { info } = codec;
    this._info = info;
    this._codec = codec;
    /** The stream that plays from the next frame on. @type {CodecStream | null} */
    this._coming = null;
    /** The one that played, while a frame leads over. @type {CodecStream | null} */
    this._leaving = null;
    /** The layers that are others than the codec's own, as far as they count now. @type {Weights} */
    this.bent = {};
    this._isBent = false;
    /** Layers that were bent last. @type {string[]} */
    this._newest = [];
    /** What is said after a fault, and of which bent layers. @type {{ layers: Weights | null, text: string }} */
    this._blame = { layers: null, text: "" };
    this._gain = this._comingGain = this._leavingGain = 1;
    this._stream = codec.stream();
    this._stream.resize(1);
    this._faults = new FaultGuard();
    const sound = () => Array.from({ length: info.channels }, () => new Float32Array(info.ratio));
    /** What each row is decoded from, `[B][D]`. */
    this.latents = Array.from({ length: info.maxVoices }, () => new Float32Array(info.latentDim));
    /** What each row gave, `[B][A][ratio]`, as far as its pieces are made. */
    this.decoded = Array.from({ length: info.maxVoices }, sound);
    this._left = sound(); // what a row gives with the weights that played
  }

  /** Into how many pieces a frame is cut. */
  get pieces() {
    return this._stream.pieces;
  }

  /** Samples that were no sound, since the start. */
  get badSamples() {
    return this._faults.count;
  }

  /**
   * Decode from the next frame on with a codec that was built again; its latents mean the same.
   * @param {import("../../codecs/base.js").Codec} codec
   * @throws {Error} If this codec does not go on with another one's sounds.
   */
  exchange(codec) {
    if (!this._stream.adopt) throw new Error(`${this._info.name} does not go on with the sounds of another codec`);
    this._stream.adopt(codec);
    this._codec = codec;
  }

  /** As fresh, with one row. */
  restart() {
    this._stream.resize(1);
    this._stream.reset();
    this._leaving = null;
    this._faults.reset();
  }

  /**
   * Hand on what the codec follows of the patch.
   * @param {import("../patch.js").Patch} patch
   * @param {Set<string>} groups That have changed.
   */
  configure(patch, groups) {
    for (const address of this._info.parameters ?? []) {
      if (groups.has(address.split(".")[0])) this._stream.configure?.(address, patch.get(address));
    }
  }

  /**
   * Decode with other weights from the next frame on, over which the one sound fades into the other.
   * @param {Weights} layers Whole layers that are bent, at the full amount; none is the codec's own sound.
   * @param {import("../patch.js").Patch} patch Says how far they count, and how loud it is.
   * @param {string[]} changed Which of the layers have changed; none: those that changed last are still the newest.
   * @throws {Error} If the codec has no such weights.
   */
  bend(layers, patch, changed = []) {
    if (changed.length) this._newest = changed;
    if (!Object.keys(layers).length && !this._isBent) return;
    const { weights: own } = this._codec;
    if (!own) throw new Error(`${this._info.name} has no weights that could be bent`);
    // a codec that does not hear here has no encoder, and nothing to bend in it
    const known = Object.entries(layers).filter(([name]) => name in own || !name.startsWith(ENCODER));
    for (const [name, { length }] of known) {
      if (own[name]?.length !== length) throw new Error(`${this._info.name} has no weights ${name} of that size`);
    }
    const amount = patch.get("bend.amount");
    const taken = amount > 0 ? known.map(([name, bent]) => [name, blended(own[name], bent, amount)]) : [];
    this.bent = Object.fromEntries(taken);
    this._coming = this._codec.stream(this.bent);
    this._isBent = taken.length > 0;
    this._comingGain = this._isBent ? fround(10 ** ((patch.get("bend.level") * amount) / 20)) : 1;
  }

  /** So many rows in the next frame. @param {number} rows */
  resize(rows) {
    if (rows !== this._stream.rows) this._stream.resize(rows);
    if (!this._coming) return;
    this._coming.take?.(this._stream);
    this._leaving = this._stream;
    this._leavingGain = this._gain;
    this._gain = this._comingGain;
    this._stream = this._coming;
    this._coming = null;
  }

  /** Begin the next frame of a row from its `latents`. @param {number} row */
  begin(row) {
    this._leaving?.begin(row, this.latents[row]);
    this._stream.begin(row, this.latents[row]);
  }

  /**
   * Make the next piece of a row.
   * @param {number} row
   * @param {number} piece
   */
  piece(row, piece) {
    this._stream.piece(row, piece, this.decoded[row]);
    this._amplify(this.decoded[row], piece, this._gain);
    if (!this._leaving) return;
    this._leaving.piece(row, piece, this._left);
    this._amplify(this._left, piece, this._leavingGain);
    const size = this._info.ratio / this.pieces;
    for (let channel = 0; channel < this._left.length; channel++) {
      const before = this._left[channel];
      const after = this.decoded[row][channel];
      for (let i = piece * size; i < (piece + 1) * size; i++) {
        const share = fround((i + 1) / this._info.ratio);
        after[i] = before[i] + fround(share * fround(after[i] - before[i]));
      }
    }
  }

  /**
   * @param {Float32Array[]} audio
   * @param {number} piece Of it.
   * @param {number} gain
   */
  _amplify(audio, piece, gain) {
    if (gain === 1) return;
    const size = this._info.ratio / this.pieces;
    for (let channel = 0; channel < audio.length; channel++) {
      for (let i = piece * size; i < (piece + 1) * size; i++) audio[channel][i] *= gain;
    }
  }

  /**
   * What is wrong with samples of all rows, or an empty text; then the decoder's memory is cleared.
   * @param {number} rows
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  fault(rows, from, to) {
    let faulty = false;
    for (let row = 0; row < rows; row++) faulty = this._faults.faulty(this.decoded[row], from, to) || faulty;
    if (faulty) {
      this._stream.reset(); // a NaN in a decoder's memory would stay there for good
      this._leaving = null;
    }
    return faulty ? FAULT + (this._isBent ? this._blamed(rows) : "") : "";
  }

  /** What to say of the bent layers after a fault; looked for once, since nothing is heard meanwhile. @param {number} rows */
  _blamed(rows) {
    if (this._blame.layers !== this.bent) {
      const causes = causeOf(this._codec, this.latents.slice(0, rows), this.bent, this._newest);
      this._blame = { layers: this.bent, text: blame(causes, this._newest) };
    }
    return this._blame.text;
  }

  /** The frame is done in all rows. */
  advance() {
    this._stream.advance();
    this._leaving = null;
  }
}
