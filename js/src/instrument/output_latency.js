// How far ahead of the ear the browser asks for sound: as little as it can, and more where that has failed.

const SETTLING_MS = 2000; // after which a gap counts: starting costs one or two
const WINDOW_MS = 10_000;
const MOST_GAPS = 2; // in a window; with one more the longer way is taken

/**
 * The shortest way saves 30 ms of 40 in Chromium, but a busy machine may miss its deadlines. So it is taken only where the
 * browser counts the gaps (`AudioContext.playbackStats`), and left for good once there are too many.
 */
export class OutputLatency {
  /** @param {boolean} counted Whether the browser counts gaps. */
  constructor(counted) {
    this._short = counted;
    this._since = 0;
    this._seen = 0;
    /** @type {number[]} */
    this._gaps = [];
  }

  /** What a new context is asked for. @returns {number | "interactive"} */
  get hint() {
    return this._short ? 0 : "interactive";
  }

  /** A context has begun to sound. @param {number} now Milliseconds. */
  begin(now) {
    this._since = now;
    this._seen = 0;
    this._gaps = [];
  }

  /**
   * What the browser has counted since then.
   * @param {number} gaps
   * @param {number} now Milliseconds.
   * @returns {boolean} Whether a new context should take this one's place, by the hint that is now another.
   */
  count(gaps, now) {
    const fresh = gaps - this._seen;
    this._seen = gaps;
    if (!this._short || now - this._since < SETTLING_MS) return false;
    for (let k = 0; k < fresh; k++) this._gaps.push(now);
    while (this._gaps.length && now - this._gaps[0] > WINDOW_MS) this._gaps.shift();
    if (this._gaps.length <= MOST_GAPS) return false;
    this._short = false;
    return true;
  }
}
