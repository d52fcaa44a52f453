// A pause in what is heard, by which a page finds out whether its microphone hears it.

import { Gain } from "../engine/output/gain.js";

const RAMP_SECONDS = 0.005;

/** A pause of whole frames, without a click; the engine goes on beneath it. */
export class Pause {
  /** @param {import("../../codecs/base.js").CodecInfo} info */
  constructor({ sampleRate, ratio }) {
    this._gain = new Gain(Math.floor(RAMP_SECONDS * sampleRate));
    this._framesPerSecond = sampleRate / ratio;
    this._left = 0;
    /** Whether the frame that sounds is left out. */
    this.on = false;
  }

  /** From the next frame on. @param {number} seconds */
  begin(seconds) {
    this._left = Math.ceil(seconds * this._framesPerSecond);
  }

  /** The next frame begins to sound. */
  turn() {
    this.on = this._left > 0;
    if (this.on) this._left--;
    this._gain.set(this.on ? 0 : 1);
  }

  /** @param {Float32Array[]} out What sounds. @param {number} count Of its samples. */
  process(out, count) {
    this._gain.process(out, 0, count);
  }
}
