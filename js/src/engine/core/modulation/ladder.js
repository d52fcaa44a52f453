// The smoothing of modulators: a ladder of four low-pass filters with resonance, at frame rate.

const HIGHEST = 0.45; // of the frame rate

/** One latent's ladder; a steady value stays as it is. */
export class Ladder {
  /** @param {number} frameRate Frames per second. */
  constructor(frameRate) {
    this._frameRate = frameRate;
    this._stages = new Float64Array(4);
    this._gain = this._feedback = 0;
    this._off = true;
  }

  /** @param {number} smooth 0 to 100; 0 is no filter, then the cutoff falls from 50 to 1 Hz and the resonance rises. */
  configure(smooth) {
    const share = smooth / 100;
    const cutoff = Math.min(50 - 49 * share ** 0.25, HIGHEST * this._frameRate);
    const g = Math.tan((Math.PI * cutoff) / this._frameRate);
    this._gain = g / (1 + g);
    this._feedback = (4 * 23.5 * Math.min(1, 4 * share ** 4)) / 24.5;
    this._off = share <= 0;
  }

  reset() {
    this._stages.fill(0);
  }

  /** @param {number} given */
  process(given) {
    if (this._off) {
      this._stages.fill(0);
      return given;
    }
    const { _stages: s, _gain: gain, _feedback: feedback } = this;
    const memory = (1 - gain) * (((s[0] * gain + s[1]) * gain + s[2]) * gain + s[3]);
    let x = ((1 + feedback) * given - feedback * memory) / (1 + feedback * gain ** 4);
    for (let k = 0; k < 4; k++) {
      const v = gain * (x - s[k]);
      x = v + s[k];
      s[k] = x + v;
    }
    return x;
  }
}
