// What is heard now: collected frame by frame, encoded while the next one is collected, played in the one after that.

import { levelOf } from "../../core/modulation/envelope.js";

const LOUDEST = 4; // of what is heard: 12 dB above full scale; more is a fault

/** A frame's latents, and its own samples, both two frames after it began. */
export class LiveInput {
  /**
   * @param {import("../../codecs/base.js").EncoderStream} encoder
   * @param {import("../../codecs/base.js").CodecInfo} info
   */
  constructor(encoder, { ratio, latentDim, delay }) {
    this._encoder = encoder;
    this._ratio = ratio;
    this._collected = new Float32Array(ratio);
    this._encoding = new Float32Array(ratio); // the frame that is encoded
    this._has = false; // one is
    this._step = 0;
    this._frames = 0; // that were collected from their beginning
    /** What the next frame is heard with, where that changes. @type {import("../../codecs/base.js").Weights | null} */
    this._bent = null;
    /** The newest samples, of which the first `ratio` are as late as what is decoded. */
    this._held = new Float32Array(delay + encoder.delayFrames * ratio + ratio);
    this._dry = this._held.subarray(0, ratio);
    const own = this._held.subarray(delay, delay + ratio);
    this._heard = { latents: new Float32Array(latentDim), audio: [this._dry], own, level: 0 };
  }

  /** Back to silence, so that what was heard before is not heard again. */
  reset() {
    this._encoder.reset();
    this._collected.fill(0);
    this._held.fill(0);
    this._has = false;
    this._step = 0;
    this._frames = 0;
  }

  /** Hear the next frame with some layers that are bent. @param {import("../../codecs/base.js").Weights} layers */
  bend(layers) {
    this._bent = layers;
  }

  /** Frames from the beginning of what is heard to the beginning of what is made of it. */
  static get delayFrames() {
    return 2;
  }

  /**
   * Samples of the frame that is collected.
   * @param {Float32Array[] | undefined} input Nothing is silence.
   * @param {number} from Where they begin in it.
   * @param {number} at Where they begin in the frame.
   * @param {number} length
   */
  collect(input, from, at, length) {
    for (let i = 0; i < length; i++) {
      let sum = 0;
      if (input?.length) for (let a = 0; a < input.length; a++) sum += input[a][from + i];
      const mean = input?.length ? sum / input.length : 0;
      // nobody has looked at it: one NaN would stay in the filters behind it for good
      this._collected[at + i] = Number.isFinite(mean) ? Math.min(Math.max(mean, -LOUDEST), LOUDEST) : 0;
    }
  }

  /** The frame that was collected is whole. @returns {Float32Array} It. */
  turn() {
    this._finish();
    const free = this._encoding;
    this._encoding = this._collected;
    this._collected = free;
    this._has = this._frames > 0;
    this._frames++;
    this._step = 0;
    if (this._bent) this._encoder.bend?.(this._bent);
    this._bent = null;
    if (this._has) this._encoder.take([this._encoding]);
    return this._encoding;
  }

  /** A share of the work. @param {number} count Samples that are asked for at once. */
  work(count) {
    if (!this._has) return;
    const share = Math.ceil(this._encoder.steps / Math.max(1, Math.floor(this._ratio / count) - 1));
    for (let k = 0; k < share && this._step < this._encoder.steps; k++) this._encoder.work(this._step++);
  }

  _finish() {
    if (!this._has) return;
    while (this._step < this._encoder.steps) this._encoder.work(this._step++);
  }

  /** What the next frame plays, or nothing yet. @returns {import("../engine/sources/clip.js").Heard | null} */
  next() {
    if (!this._has) return null;
    this._finish();
    this._heard.latents.set(this._encoder.latents);
    this._heard.level = levelOf(this._encoding);
    this._held.copyWithin(0, this._ratio);
    this._held.set(this._encoding, this._held.length - this._ratio);
    return this._heard;
  }
}
