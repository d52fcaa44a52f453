// A constant offset is taken out.

const NOTHING = 1e-7; // -140 dBFS

/** A first-order high-pass against a constant offset: `y[n] = x[n] - x[n-1] + r y[n-1]`. */
export class DCBlock {
  /**
   * @param {number} channels A.
   * @param {number} sampleRate Hz.
   * @param {number} cutoff -3 dB point in Hz.
   */
  constructor(channels, sampleRate, cutoff = 8) {
    this._pole = Math.exp((-2 * Math.PI * cutoff) / sampleRate);
    this._x = new Float64Array(channels);
    this._y = new Float64Array(channels);
  }

  reset() {
    this._x.fill(0);
    this._y.fill(0);
  }

  /** Silence in gives silence out: nothing rings on. */
  get idle() {
    for (let a = 0; a < this._x.length; a++) if (this._x[a] !== 0 || this._y[a] !== 0) return false;
    return true;
  }

  /**
   * @param {Float32Array[]} audio `[A][S]`, is changed.
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  process(audio, from, to) {
    for (let a = 0; a < audio.length; a++) {
      const samples = audio[a];
      let x = this._x[a];
      let y = this._y[a];
      for (let i = from; i < to; i++) {
        y = samples[i] - x + this._pole * y;
        x = samples[i];
        samples[i] = y;
      }
      this._x[a] = x;
      this._y[a] = Math.abs(y) < NOTHING ? 0 : y; // else a tail would never end
    }
  }
}
