// How far ahead of the ear the browser asks for sound: as little as it can, and more where that has failed.

const SETTLING_MS = 2000; // after which a gap counts: starting costs one or two
const LONGEST_SECONDS = 0.04; // to the ear; the short way takes 0.011, the usual one 0.035
const MOST_LATE = 2; // reports one after the other

/**
 * The shortest way saves 30 ms of 40 in Chromium, but a busy machine may miss its deadlines. So it is taken only where the
 * browser counts the gaps (`AudioContext.playbackStats`), and left for good at the first one, or where the sound lags.
 */
export class OutputLatency {
  /** @param {boolean} counted Whether the browser counts gaps. */
  constructor(counted) {
    this._short = counted;
    this._since = 0;
    this._settled = 0; // gaps until then
    this._late = 0;
  }

  /** What a new context is asked for. @returns {number | "interactive"} */
  get hint() {
    return this._short ? 0 : "interactive";
  }

  /** A context has begun to sound. @param {number} now Milliseconds. */
  begin(now) {
    this._since = now;
    this._settled = this._late = 0;
  }

  /**
   * How that context does.
   * @param {number} gaps Since it began, as the browser counts them.
   * @param {number} delay Seconds from the engine to the ear.
   * @param {number} now Milliseconds.
   * @returns {boolean} Whether a new context should take this one's place, by the hint that is now another.
   */
  watch(gaps, delay, now) {
    if (!this._short) return false;
    if (now - this._since < SETTLING_MS) {
      this._settled = gaps;
      return false;
    }
    this._late = delay > LONGEST_SECONDS ? this._late + 1 : 0;
    this._short = gaps <= this._settled && this._late < MOST_LATE;
    return !this._short;
  }
}
