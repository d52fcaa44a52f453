// Gains that move without a click: state is in double precision, so that any block size gives the same samples.

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
