// How far ahead of the ear the browser asks for sound: as little as it can, and more where that has failed.

const SETTLING_MS = 2000; // after which a gap counts: while an engine is made and warmed up, the browser counts hundreds
const LONGEST_SECONDS = 0.04; // to the ear; the short way takes 0.011, the usual one 0.035
const MOST_LATE = 2; // reports one after the other
const MOST_GAPS = 3; // within GAPS_MS, beyond which a longer store is tried
const GAPS_MS = 10_000;
const CLEAN_MS = 60_000; // without a gap, after which a shorter one is tried again
const AGAIN_MS = 1500; // what comes later than this after a gap is another one: the browser counts once a second
/** What a context is asked for, from the shortest on; what Chromium keeps is about twice as much. */
const HINTS = /** @type {const} */ ([0, "interactive", 0.03, 0.06]);

/**
 * The shortest way saves 30 ms of 40 in Chromium, but a busy machine may miss its deadlines. So it is taken only where the
 * browser counts the gaps (`AudioContext.playbackStats`), and left at the second one in a minute, or where the sound lags.
 * Where the machine leaves gaps even so, the store grows step by step, up to a bound, and shrinks a step after a minute
 * without any, to the shortest way too: a machine is busy while a notebook begins. A step back that brings gaps again is
 * not tried a second time.
 */
export class OutputLatency {
  /** @param {boolean} counted Whether the browser counts gaps. */
  constructor(counted) {
    this._step = counted ? 0 : 1;
    this._least = this._step; // what has not failed for good
    this._since = 0;
    this._past = 0; // gaps that were heard by the contexts before
    this._unheard = 0; // while it settled
    this._gaps = 0; // until `_from`
    this._from = 0; // when gaps were begun to be counted
    this._clean = 0; // since when there was none
    this._gap = Number.NEGATIVE_INFINITY; // when the newest one was, but for those that follow at once
    this._newest = 0;
    this._late = 0;
    this._returned = false; // by a step, to this one
    this._moved = false; // a context by the newest hint has still to begin
  }

  /** What a new context is asked for. @returns {number | "interactive"} */
  get hint() {
    return HINTS[this._step];
  }

  /** Gaps that were heard since the sound was turned on. */
  get heard() {
    return this._past + Math.max(0, this._newest - this._unheard);
  }

  /**
   * A context has begun to sound.
   * @param {number} now Milliseconds.
   * @param {boolean} [follows] It takes the place of another one.
   */
  begin(now, follows = false) {
    this._past = follows ? this.heard : 0;
    this._since = this._from = this._clean = now;
    this._unheard = this._gaps = this._newest = this._late = 0;
    this._gap = Number.NEGATIVE_INFINITY;
    this._moved = false;
  }

  /**
   * How that context does.
   * @param {number} gaps Since it began: those that the browser counts, and quanta that it left out.
   * @param {() => number} delay Seconds from the engine to the ear; asked for on the shortest way only.
   * @param {number} now Milliseconds.
   * @param {boolean} [overloaded] The making alone takes longer than the sound, so no store helps, and making another
   *   engine takes more of it: the gaps until then count neither now nor afterwards.
   * @returns {boolean} Whether a new context should take this one's place, by the hint that is now another.
   */
  watch(gaps, delay, now, overloaded = false) {
    const fresh = gaps > this._newest;
    this._newest = gaps;
    if (this._moved) return false;
    const settling = now - this._since < SETTLING_MS;
    if (settling) this._unheard = gaps;
    if (settling || overloaded) {
      this._gaps = gaps;
      this._from = this._clean = now;
      this._late = 0;
      return false;
    }
    const again = fresh && now - this._gap > AGAIN_MS && now - this._gap < CLEAN_MS;
    if (fresh) {
      this._clean = now;
      if (now - this._gap > AGAIN_MS) this._gap = now;
    }
    if (now - this._from > GAPS_MS) {
      this._from = now;
      this._gaps = fresh ? gaps - 1 : gaps;
    }
    this._late = this._step === 0 && delay() > LONGEST_SECONDS ? this._late + 1 : 0;
    const failed = this._step === 0 ? again || this._late >= MOST_LATE : gaps - this._gaps > MOST_GAPS;
    if (failed && this._step < HINTS.length - 1) {
      this._step++;
      if (this._returned) this._least = this._step;
      this._returned = false;
      this._moved = true;
      return true;
    }
    if (now - this._clean < CLEAN_MS || this._step === this._least) return false;
    this._step--;
    this._returned = this._moved = true;
    return true;
  }
}
