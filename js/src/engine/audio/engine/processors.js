// Small signal processors: stateful, the same samples whatever the block size. State is in double precision.

const NOTHING = 1e-7; // -140 dBFS
const FAULT = 16; // 24 dB above full scale: only a broken decoder gives that

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

/** A gain that moves to its target along a smooth ramp, so that no change clicks. */
export class Gain {
  /**
   * @param {number} rampSamples Length of a ramp, at least 1.
   * @param {number} initial Linear gain at the start.
   */
  constructor(rampSamples, initial = 1) {
    this.rampSamples = Math.max(1, Math.floor(rampSamples));
    this._start = this.target = this.value = initial;
    this._length = this._done = 1;
  }

  /**
   * Take a value without a ramp; only for what cannot be heard.
   * @param {number} value
   */
  jump(value) {
    this._start = this.target = this.value = value;
    this._length = this._done = 1;
  }

  /**
   * Head for a linear gain from wherever the gain is now; the same target again changes nothing.
   * @param {number} target
   * @param {number} rampSamples
   */
  set(target, rampSamples = this.rampSamples) {
    if (target === this.target || !Number.isFinite(target)) return;
    this._start = this.value;
    this.target = target;
    this._length = Math.max(1, rampSamples);
    this._done = 0;
  }

  /** Samples until the target is reached; 0 when it is there. */
  get remaining() {
    return this._length - this._done;
  }

  /** The next sample's gain. */
  next() {
    if (this._done === this._length) return this.target;
    this._done++;
    const place = this._done / this._length;
    this.value = this._start + (this.target - this._start) * (place * place * (3 - 2 * place));
    if (this._done === this._length) {
      const last = this.value;
      this.value = this.target;
      return last;
    }
    return this.value;
  }

  /**
   * @param {Float32Array[]} audio `[A][S]`, is changed.
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  process(audio, from, to) {
    if (this._done === this._length && this.target === 1) return;
    for (let i = from; i < to; i++) {
      const gain = this.next();
      for (let a = 0; a < audio.length; a++) audio[a][i] *= gain;
    }
  }
}

/** A gain between closed (0) and open (1). */
export class Fade extends Gain {
  /** @param {number} rampSamples Length of a whole fade. */
  constructor(rampSamples) {
    super(rampSamples, 0);
  }

  /** @param {number} level 0 to 1. */
  open(level) {
    this.set(Math.min(1, Math.max(0, level)));
  }

  /** @param {number} rampSamples */
  close(rampSamples = this.rampSamples) {
    this.set(0, rampSamples);
  }

  /** Closed, and the fade has ended. */
  get silent() {
    return this.target === 0 && this._done === this._length;
  }
}

/** Finds what no sound can be: NaN, infinity, and levels that only a broken decoder gives. */
export class FaultGuard {
  constructor() {
    this.count = 0;
  }

  reset() {
    this.count = 0;
  }

  /**
   * Whether audio holds such samples; adds their number to `count`.
   * @param {Float32Array[]} audio
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  faulty(audio, from, to) {
    let found = 0;
    for (let a = 0; a < audio.length; a++) {
      const samples = audio[a];
      for (let i = from; i < to; i++) if (!(Math.abs(samples[i]) <= FAULT)) found++; // NaN compares false
    }
    this.count += found;
    return found > 0;
  }
}
