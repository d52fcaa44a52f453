// A short rustle that is mixed into what is heard, by which a page finds out whether its microphone hears it.

const SHARE = 0.5; // of the rustle while it lasts; the rest is what plays
const RAMP = 256; // samples in which it comes and goes

/** A rustle that begins with a frame; the engine goes on beneath it. */
export class Probe {
  constructor() {
    /** @type {Float32Array} */
    this._noise = new Float32Array(0);
    this._at = 0;
    this._waits = false;
    /** Whether the frame that sounds began with it. */
    this.begins = false;
  }

  /** From the next frame on. @param {Float32Array} noise No louder than the limiter's ceiling. */
  begin(noise) {
    this._noise = noise;
    this._at = noise.length;
    this._waits = true;
  }

  /** The next frame begins to sound. */
  turn() {
    this.begins = this._waits;
    if (this._waits) this._at = 0;
    this._waits = false;
  }

  /** @param {Float32Array[]} out What sounds. @param {number} count Of its samples. */
  process(out, count) {
    const { length } = this._noise;
    for (let i = 0; i < count && this._at < length; i++, this._at++) {
      const share = SHARE * Math.min(1, this._at / RAMP, (length - this._at) / RAMP);
      for (const channel of out) channel[i] += share * (this._noise[this._at] - channel[i]);
    }
  }
}
