// A look-ahead limiter that cannot be passed.

const TAPS = 24; // input samples that one point between two samples is computed from
const PHASES = 4;
const LAG = TAPS / 2; // by how much the points lag behind their newest sample
const BLOCK = 128;
const KAISER_BETA = 5;
const KAISER_POINTS = 1001;

/** -1 dBFS. */
export const CEILING = 10 ** (-1 / 20);

/**
 * Modified Bessel function of the first kind, order 0, by its power series.
 * @param {number} x
 */
function besselI0(x) {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** Kaiser-windowed sinc, `[PHASES - 1][TAPS]`: the curve at 1/4, 2/4 and 3/4 of the way between two samples. */
function interpolator() {
  const half = (KAISER_POINTS - 1) / 2;
  const shape = Float64Array.from({ length: KAISER_POINTS }, (_, n) => {
    const side = (n - half) / half;
    return besselI0(KAISER_BETA * Math.sqrt(1 - side * side)) / besselI0(KAISER_BETA);
  });
  /** @param {number} at -1 to 1. */
  const window = (at) => {
    if (at < -1 || at > 1) return 0;
    const place = (at + 1) * half;
    const low = Math.min(Math.floor(place), KAISER_POINTS - 2);
    return shape[low] + (shape[low + 1] - shape[low]) * (place - low);
  };
  return Array.from({ length: PHASES - 1 }, (_, k) =>
    Float64Array.from({ length: TAPS }, (_, tap) => {
      const where = tap - (TAPS - 1 - LAG) - (k + 1) / PHASES;
      return (Math.sin(Math.PI * where) / (Math.PI * where)) * window(where / (TAPS / 2));
    }),
  );
}

/** The largest float32 that does not exceed the ceiling: rounding must not undo the guarantee. */
function highestFloat() {
  const top = new Float32Array([CEILING]);
  if (top[0] > CEILING) new Int32Array(top.buffer)[0]--;
  return top[0];
}

/**
 * No peak leaves above the ceiling, whatever comes in; all channels share one gain.
 *
 * Peaks are true peaks: those of the curve through the samples, at four points per sample (ITU-R BS.1770-4, Annex 2).
 * The signal is cut into sub-blocks. Each may have at most the gain `required = min(1, ceiling / peak)`; the gain at the
 * edge before it is the least of its own, its predecessor's, and the edge before plus the release; between two edges it
 * runs along a straight line, so that every point is at or below the sub-block's own.
 */
export class Limiter {
  /**
   * @param {number} channels A.
   * @param {number} sampleRate Hz.
   * @param {number} releaseSeconds Time in which the gain climbs from 0 back to 1.
   */
  constructor(channels, sampleRate, releaseSeconds = 0.2) {
    this._release = BLOCK / Math.max(1, releaseSeconds * sampleRate);
    this._points = interpolator();
    // below this no curve through the samples can reach the ceiling
    const gain = Math.max(1, ...this._points.map((taps) => taps.reduce((sum, tap) => sum + Math.abs(tap), 0)));
    this._safe = CEILING / gain;
    this._top = highestFloat();
    const lines = () => Array.from({ length: channels }, () => new Float32Array(BLOCK));
    this._past = Array.from({ length: channels }, () => new Float32Array(TAPS)); // a ring
    this._partial = lines(); // delayed by LAG, fills up to a sub-block
    this._held = lines(); // a whole sub-block that waits for its successor's peak
    this._out = lines();
    this._newest = 0; // place in the ring
    this._count = 0; // samples in the partial sub-block, and as many gone out
    this._peak = 0;
    this._heldRequired = 1;
    this._edge = 1; // gain at the left edge of the held sub-block
    this._loud = 0; // samples for which the points between still matter
    this.reductionDb = 0;
  }

  /** Samples by which the output lags, always. */
  get delay() {
    return 2 * BLOCK + LAG;
  }

  /** Back to rest, with silence inside. */
  reset() {
    for (const lines of [this._past, this._partial, this._held, this._out]) for (const line of lines) line.fill(0);
    this._newest = this._count = 0;
    this._peak = this._loud = 0;
    this._heldRequired = this._edge = 1;
    this.reductionDb = 0;
  }

  /** Nothing but silence is inside. */
  get idle() {
    for (let a = 0; a < this._out.length; a++) {
      for (let i = 0; i < TAPS; i++) if (this._past[a][i] !== 0) return false;
      for (let i = 0; i < BLOCK; i++) {
        if (this._held[a][i] !== 0 || (i < this._count && this._partial[a][i] !== 0)) return false;
        if (i >= this._count && this._out[a][i] !== 0) return false;
      }
    }
    return true;
  }

  /** Largest reduction in dB (0 or positive) since the last call. */
  takeReductionDb() {
    const reduction = this.reductionDb;
    this.reductionDb = 0;
    return reduction;
  }

  /**
   * @param {Float32Array[]} audio `[A][S]`, finite; becomes what lags by `delay` samples.
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  process(audio, from, to) {
    for (let i = from; i < to; i++) {
      const newest = this._newest;
      for (let a = 0; a < audio.length; a++) {
        const sample = audio[a][i];
        this._past[a][newest] = sample;
        if (Math.abs(sample) > this._safe) this._loud = TAPS;
      }
      this._newest = newest + 1 === TAPS ? 0 : newest + 1;
      this._see();
      for (let a = 0; a < audio.length; a++) audio[a][i] = this._out[a][this._count];
      this._count++;
      if (this._count === BLOCK) this._next();
    }
  }

  /** The sample that is LAG old joins the partial sub-block, with the peak from it to the next one. */
  _see() {
    for (let a = 0; a < this._past.length; a++) {
      const past = this._past[a];
      // the ring's oldest sample lies at _newest; the taps begin there
      const at = (this._newest + TAPS - 1 - LAG) % TAPS;
      const sample = past[at];
      this._partial[a][this._count] = sample;
      this._peak = Math.max(this._peak, Math.abs(sample));
      if (!this._loud) continue;
      for (let k = 0; k < this._points.length; k++) {
        const taps = this._points[k];
        let sum = 0;
        for (let tap = 0, place = this._newest; tap < TAPS; tap++) {
          sum += past[place] * taps[tap];
          place = place + 1 === TAPS ? 0 : place + 1;
        }
        this._peak = Math.max(this._peak, Math.abs(sum));
      }
    }
    if (this._loud) this._loud--;
  }

  /** A sub-block is whole: its predecessor may go out. */
  _next() {
    const required = Math.min(1, CEILING / Math.max(this._peak, CEILING));
    const edge = Math.min(this._heldRequired, required, this._edge + this._release);
    this._shape(this._edge, edge);
    const free = this._out;
    this._out = this._held;
    this._held = this._partial;
    this._partial = free;
    this._heldRequired = required;
    this._edge = edge;
    this._count = 0;
    this._peak = 0;
  }

  /**
   * @param {number} left
   * @param {number} right
   */
  _shape(left, right) {
    const limited = left !== 1 || right !== 1;
    if (limited) {
      const lowest = Math.max(Math.min(left, right), 1e-15);
      this.reductionDb = Math.max(this.reductionDb, -20 * Math.log10(lowest));
    }
    for (let a = 0; a < this._held.length; a++) {
      const samples = this._held[a];
      for (let i = 0; i < BLOCK; i++) {
        const gained = limited ? Math.fround(samples[i] * (left + (right - left) * ((i + 1) / BLOCK))) : samples[i];
        samples[i] = Math.min(this._top, Math.max(-this._top, gained));
      }
    }
  }
}
