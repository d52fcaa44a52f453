// The decoder in an engine: latents of all voices to their sounds, piece by piece, or a fault in words.

import { FaultGuard } from "./fault_guard.js";

const FAULT = "the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared";

/** One stream of a codec with a row for each voice. */
export class Decoder {
  /** @param {import("../../codecs/base.js").Codec} codec What decodes. */
  constructor(codec) {
    const { info } = codec;
    this._info = info;
    this._stream = codec.stream();
    this._stream.resize(1);
    this._faults = new FaultGuard();
    const sound = () => Array.from({ length: info.channels }, () => new Float32Array(info.ratio));
    /** What each row is decoded from, `[B][D]`. */
    this.latents = Array.from({ length: info.maxVoices }, () => new Float32Array(info.latentDim));
    /** What each row gave, `[B][A][ratio]`, as far as its pieces are made. */
    this.decoded = Array.from({ length: info.maxVoices }, sound);
  }

  /** Into how many pieces a frame is cut. */
  get pieces() {
    return this._stream.pieces;
  }

  /** Samples that were no sound, since the start. */
  get badSamples() {
    return this._faults.count;
  }

  /** As fresh, with one row. */
  restart() {
    this._stream.resize(1);
    this._stream.reset();
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

  /** So many rows in the next frame. @param {number} rows */
  resize(rows) {
    if (rows !== this._stream.rows) this._stream.resize(rows);
  }

  /** Begin the next frame of a row from its `latents`. @param {number} row */
  begin(row) {
    this._stream.begin(row, this.latents[row]);
  }

  /**
   * Make the next piece of a row.
   * @param {number} row
   * @param {number} piece
   */
  piece(row, piece) {
    this._stream.piece(row, piece, this.decoded[row]);
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
    if (faulty) this._stream.reset(); // a NaN in a decoder's memory would stay there for good
    return faulty ? FAULT : "";
  }

  /** The frame is done in all rows. */
  advance() {
    this._stream.advance();
  }
}
