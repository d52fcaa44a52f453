// From gestures, which come when they come, to a hand's place at each latent frame.

/** @typedef {"eased" | "even"} Course Whether a glide starts and stops gently. */

/** How one hand goes to where it is said to be: at once, or along a glide, frame by frame. */
export class HandMotion {
  /** @param {number} frameRate Latent frames per second. */
  constructor(frameRate) {
    this._frameRate = frameRate;
    /** @type {Float32Array | null} */
    this._at = null;
    this._start = new Float32Array(0);
    this._end = new Float32Array(0);
    this._seconds = 0;
    this._eased = false;
    this._gliding = false;
    this._glidingFor = 0; // frames
    this._glides = 0;
  }

  /**
   * Glide to a place from where it is; a number that came before goes on with its glide. Where it has not been anywhere
   * in that space, it jumps.
   * @param {ArrayLike<number>} target
   * @param {number} seconds
   * @param {Course} course
   * @param {number} number
   * @param {number} dim C.
   */
  glide(target, seconds, course, number, dim) {
    if (number === this._glides) return;
    this._glides = number;
    this._gliding = this._at !== null && this._at.length === dim;
    if (!this._at || !this._gliding) return;
    this._start = this._at.slice();
    this._end = new Float32Array(dim);
    placed(target, this._end);
    this._seconds = seconds;
    this._eased = course === "eased";
    this._glidingFor = 0;
  }

  /** Go straight from now on; glides up to that number have been. @param {number} number */
  endGlide(number) {
    this._gliding = false;
    this._glides = number;
  }

  /**
   * Where it is in the next frame.
   * @param {ArrayLike<number>} target Where it is said to be.
   * @param {number} dim C.
   * @returns {Float32Array} `[C]`, good until the next call.
   */
  next(target, dim) {
    if (!this._at || this._at.length !== dim) this._at = new Float32Array(dim);
    if (this._gliding && this._end.length === dim) {
      const share = this._share(++this._glidingFor / this._frameRate);
      for (let c = 0; c < dim; c++) this._at[c] = this._start[c] * (1 - share) + this._end[c] * share;
    } else {
      placed(target, this._at);
    }
    return this._at;
  }

  /** @param {number} seconds */
  _share(seconds) {
    if (seconds >= this._seconds) return 1;
    const share = seconds / this._seconds;
    return this._eased ? share * share * (3 - 2 * share) : share;
  }
}

/**
 * As many coordinates as asked for: cut, or filled up with 0; what is no number is 0.
 * @param {ArrayLike<number>} target
 * @param {Float32Array} out
 */
function placed(target, out) {
  for (let c = 0; c < out.length; c++) out[c] = c < target.length && Number.isFinite(target[c]) ? target[c] : 0;
}
