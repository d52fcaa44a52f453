// The samples that wait in the audio thread. They are kept and counted at the stream's rate; where the browser has
// refused that rate for its context, they are resampled while they are read.

const PHASES = 512; // rows of the interpolation table; in between it is interpolated linearly
const LOBES = 16; // zero crossings on each side
const KAISER = 9; // stop band near -90 dB
const BAND = 0.94; // of the lower rate's half that passes untouched, about

/** The modified Bessel function of order 0. @param {number} x */
function bessel(x) {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 40; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/**
 * Windowed sinc: row p holds the weights of 2 * half samples for a place p / PHASES of the way between the middle two.
 * @param {number} half
 * @param {number} cutoff 1 is half of the stream's rate
 */
function sincTable(half, cutoff) {
  const taps = 2 * half;
  const table = new Float32Array((PHASES + 1) * taps);
  for (let p = 0; p <= PHASES; p++) {
    let sum = 0;
    for (let k = 0; k < taps; k++) {
      const t = k - half + 1 - p / PHASES;
      const x = Math.PI * cutoff * t;
      const window = bessel(KAISER * Math.sqrt(Math.max(0, 1 - (t / half) ** 2)));
      sum += table[p * taps + k] = (x === 0 ? 1 : Math.sin(x) / x) * window;
    }
    for (let k = 0; k < taps; k++) table[p * taps + k] /= sum;
  }
  return table;
}

/** A ring of samples. */
export class SampleRing {
  /**
   * @param {number} channels
   * @param {number} rate of the stream, Hz
   * @param {number} contextRate Hz
   * @param {number} seconds how much fits
   */
  constructor(channels, rate, contextRate, seconds) {
    this.rate = rate;
    this.step = rate / contextRate; // samples for each frame of the context
    this.capacity = Math.ceil(rate * seconds);
    this.channels = Array.from({ length: channels }, () => new Float32Array(this.capacity));
    this.head = 0; // next sample to play
    this.level = 0; // samples that wait
    this.between = 0; // how far the next frame lies behind the head, 0 to 1
    const cutoff = BAND * Math.min(1, 1 / this.step);
    this.half = this.step === 1 ? 0 : Math.ceil(LOBES / Math.min(1, 1 / this.step));
    this.table = this.step === 1 ? null : sincTable(this.half, cutoff);
  }

  clear() {
    this.level = this.between = 0;
  }

  /** Drop the oldest samples, so that this many are left. @param {number} level */
  keep(level) {
    const dropped = Math.max(0, this.level - level);
    this.head = (this.head + dropped) % this.capacity;
    this.level -= dropped;
  }

  /** Frames of the context that can be read now. */
  get frames() {
    if (!this.table) return this.level;
    return Math.max(0, Math.floor((this.level - this.half - this.between) / this.step));
  }

  /**
   * @param {Float32Array} samples interleaved
   * @returns {number} samples that did not fit
   */
  append(samples) {
    const channels = this.channels.length;
    const count = Math.floor(samples.length / channels);
    // The interpolation still looks at what has just been played.
    const fitting = Math.min(count, this.capacity - this.level - this.half);
    let at = (this.head + this.level) % this.capacity;
    for (let i = 0; i < fitting; i++) {
      for (let c = 0; c < channels; c++) this.channels[c][at] = samples[i * channels + c];
      at = at + 1 === this.capacity ? 0 : at + 1;
    }
    this.level += fitting;
    return count - fitting;
  }

  /**
   * Read the frames `from` to `to` of an output; there must be so many.
   * @param {Float32Array[]} out
   * @param {number} from
   * @param {number} to
   * @returns {number} samples that were used up
   */
  read(out, from, to) {
    const before = this.level;
    for (let n = from; n < to; n++) {
      for (let c = 0; c < out.length; c++) {
        const ring = this.channels[Math.min(c, this.channels.length - 1)];
        out[c][n] = this.table ? this.interpolated(ring, this.table) : ring[this.head];
      }
      this.between += this.step;
      const whole = Math.floor(this.between);
      this.between -= whole;
      this.level -= whole;
      this.head = (this.head + whole) % this.capacity;
    }
    return before - this.level;
  }

  /**
   * @param {Float32Array} ring
   * @param {Float32Array} table
   */
  interpolated(ring, table) {
    const taps = 2 * this.half;
    const place = this.between * PHASES;
    const row = Math.floor(place);
    const share = place - row;
    let at = this.head - this.half + 1;
    if (at < 0) at += this.capacity;
    let sum = 0;
    for (let k = 0, low = row * taps; k < taps; k++, low++) {
      sum += ring[at] * (table[low] + share * (table[low + taps] - table[low]));
      at = at + 1 === this.capacity ? 0 : at + 1;
    }
    return sum;
  }
}
