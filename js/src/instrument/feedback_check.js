// Makes sure that a microphone hears this page: what the page plays pauses, and must be missing in what is heard.

import { RealFFT } from "../engine/core/real_fft.js";
import { FeedbackWatch, SAME } from "./feedback.js";

const BLOCK = 256; // samples whose energy is one number, 6 ms at 44.1 kHz
const KEPT = 1024; // blocks that are remembered, 6 s
const SECOND = 172; // blocks
const SHORT = 0.25; // seconds of a pause where the delay is known
const LONG = 0.35; // and where it is not
const EDGE = 5; // blocks by which the delay may be off
const FAR = 34; // blocks from the pause's beginning to the end of what is looked at: then what is played falls silent itself
const HOWL_DELAY = 40; // blocks after which a howl must be gone, whatever its delay
const STEADY = 264; // blocks in which a howl stays as loud as it is, 1.5 s
const CHUNK = 33; // blocks of one measurement in these
const LEVEL = 1.5; // largest over least of the measurements' energies
const LOUD = [0.03, 0.0003]; // mean squares of a howl, as played and as heard: 15 and 35 dB below full scale
const WAVES = 2 ** 17; // samples that are remembered, 3 s
const HALF = 22050; // samples before the pause in which the page's share of what is heard is measured
const SIZE = 32768; // samples of the transform by which all delays are tried at once: more than these and all delays
const FITS = [0.12, 0.25, 0.5]; // how well that must fit to tell anything; without the level; and at once
const MISSING = [0.35, 0.2]; // of that share, where it is missing; and where that is told at once
const STAYS = 0.6; // of it, where it is none of the page's
const FELL = 0.3; // of the energy that was to be expected, where it has fallen: 5 dB
const FAR_FELL = 0.1; // of it: less is told at once,
const ALIKE = 0.6; // if the two levels went up and down together before
const THERE = 0.3; // of the usual energy: less is too little to tell anything
const MANY = 5; // windows of six seconds that agree are enough if in the newest pause hardly anything was heard,
const HARDLY = 0.004; // of the energy that was to be expected: the delay of a busy machine wanders too far for more
const TRIES = 2; // pauses with which it has to fall
const AGAIN = 172; // blocks until the next try, where one has told nothing, or not enough
const FORGOTTEN = 10 * SECOND; // after which one that fell counts no more
const PATIENCE = 2 * SECOND; // for a pause that was asked for
const [FIRST_REST, LONGEST_REST] = [5 * SECOND, 60 * SECOND]; // after one with which it did not fall; twice as long each time

/**
 * Suspects by `FeedbackWatch`, or because both what is played and what is heard are loud and steady, as a howl is; then it
 * asks for a short pause. A drum or a voice goes on in it.
 */
export class FeedbackCheck {
  constructor() {
    this._watch = new FeedbackWatch();
    this._fft = new RealFFT(SIZE);
    this._whole = new Float32Array(SIZE).fill(1);
    this._heard = new Float32Array(KEPT); // energies by block
    this._played = new Float32Array(KEPT);
    this._waves = [new Float32Array(WAVES), new Float32Array(WAVES)]; // heard, played
    this._samples = 0;
    this._sums = [0, 0];
    this._filled = 0;
    this._now = 0; // blocks so far
    /** The pause that was asked for: since when, its blocks, the delay in blocks or -1. */
    this._asked = -1;
    this._from = this._to = -1;
    this._delay = -1;
    /** Delay that is suspected, in blocks, and until when a moment for a pause is waited for. */
    this._suspected = this._until = 0;
    this._rest = FIRST_REST;
    this._next = 0; // block before which nothing is asked for
    this._deep = false; // hardly anything was heard in the newest pause
    this._falls = 0;
    this._fell = 0; // block of the newest fall
    /** Seconds of a pause that is wanted, 0 for none; whoever makes it sets it back. */
    this.wants = 0;
    /** Whether the page hears itself. */
    this.found = false;
  }

  /**
   * A frame of both, which were heard and played at the same time.
   * @param {Float32Array} heard
   * @param {Float32Array} played Without the pause.
   * @param {boolean} paused Whether it was left out.
   */
  take(heard, played, paused) {
    const suspected = this._watch.take(heard, played);
    for (let i = 0; i < heard.length; i++) {
      this._waves[0][this._samples % WAVES] = heard[i];
      this._waves[1][this._samples++ % WAVES] = played[i];
      this._sums[0] += heard[i] * heard[i];
      this._sums[1] += played[i] * played[i];
      if (++this._filled === BLOCK) this._push();
    }
    if (this.found) return;
    this.found = this._deep && this._asked < 0 && this._watch.agreeing >= MANY;
    if (this.found) return;
    if (this._asked < 0) {
      if (this._now < this._next) return;
      if (suspected) [this._suspected, this._until] = [Math.round(this._watch.delay / BLOCK), this._now + PATIENCE];
      if (this._now >= this._until) {
        if (this._howls()) this._ask(-1);
      } else if (this._loudNow()) this._ask(this._suspected);
      return;
    }
    if (paused && this._from < 0) this._from = this._now - Math.round(heard.length / BLOCK);
    if (!paused && this._from >= 0 && this._to < 0) this._to = this._now - Math.round(heard.length / BLOCK);
    if (this._to >= 0 && this._now >= this._to + Math.max(0, this._delay)) this._decide();
    else if (this._now > this._asked + PATIENCE) this._asked = -1; // another engine plays by now
  }

  _push() {
    const at = this._now++ % KEPT;
    [this._heard[at], this._played[at]] = this._sums;
    this._sums[0] = this._sums[1] = 0;
    this._filled = 0;
  }

  /** @param {number} delay Blocks, or -1. */
  _ask(delay) {
    this._delay = delay;
    this._asked = this._now;
    this._until = 0;
    this._from = this._to = -1;
    this.wants = delay < 0 ? LONG : SHORT;
  }

  /** Whether what is played is louder than in the second before: a pause in silence tells nothing. */
  _loudNow() {
    return sum(this._played, this._now - 4, this._now) / 4 >= sum(this._played, this._now - SECOND, this._now) / SECOND;
  }

  _howls() {
    if (this._now < STEADY) return false;
    return [this._played, this._heard].every((energies, k) => {
      let [least, most] = [Number.POSITIVE_INFINITY, 0];
      for (let at = this._now - STEADY; at < this._now; at += CHUNK) {
        const energy = sum(energies, at, at + CHUNK) / (CHUNK * BLOCK);
        least = Math.min(least, energy);
        most = Math.max(most, energy);
      }
      return least > LOUD[k] && most < LEVEL * least;
    });
  }

  /** The pause is over. */
  _decide() {
    this._asked = -1;
    const told = this._delay < 0 ? this._howlGone() : this._missing();
    if (this._now - this._fell > FORGOTTEN) this._falls = 0;
    if (told === "stays") {
      this._falls = 0;
      this._next = this._now + this._rest;
      this._rest = Math.min(2 * this._rest, LONGEST_REST);
      return;
    }
    this._next = this._now + AGAIN;
    if (told === "unsure") return;
    this._falls++;
    this._fell = this._now;
    this.found = told === "gone" || this._falls >= TRIES;
  }

  /** @returns {"gone" | "less" | "unsure" | "stays"} */
  _howlGone() {
    return this._fallOfHowl() < FELL ? "gone" : "stays";
  }

  /** Whether what the page did not play is missing. @returns {"gone" | "less" | "unsure" | "stays"} */
  _missing() {
    const fell = this._fallAtDelay();
    this._deep = fell !== null && fell < HARDLY;
    if (fell === null) return "unsure";
    if (fell < FAR_FELL && this._alike() > ALIKE) return "gone";
    const { fit, gain, delay } = this._share();
    const [first, end] = [(this._from + EDGE) * BLOCK, Math.min(this._from + FAR, this._to - EDGE) * BLOCK];
    if (fit < FITS[0] || (fit < FITS[1] && fell > FELL)) return "stays";
    const still = Math.abs(this._gain(first, end, delay).gain / gain);
    if (still < MISSING[1] && fit > FITS[2]) return "gone";
    if (still < MISSING[0]) return "less";
    return still > STAYS ? "stays" : "unsure";
  }

  /** What is heard of the page before the pause: how well it fits at best, its gain and its delay in samples. */
  _share() {
    const to = this._from * BLOCK;
    const from = Math.max(0, to - HALF);
    const middle = this._delay * BLOCK;
    const least = Math.max(1, middle - SAME);
    const [heard, played] = [new Float32Array(SIZE), new Float32Array(SIZE)];
    for (let i = from; i < to; i++) played[i - from] = this._waves[1][i % WAVES];
    const count = to - from;
    const last = middle + SAME - least;
    for (let i = 0; i < count + last; i++) heard[i] = this._waves[0][(from + least + i) % WAVES];
    const products = this._correlated(heard, played);
    let power = 1e-12;
    for (let i = 0; i < count; i++) power += heard[i] * heard[i];
    let best = { fit: 0, lag: 0 };
    for (let lag = 0; lag <= last; lag++) {
      const fit = Math.abs(products[lag]) / Math.sqrt(Math.max(power, 1e-12));
      if (fit > best.fit) best = { fit, lag };
      power += heard[lag + count] ** 2 - heard[lag] ** 2;
    }
    const delay = least + best.lag;
    return { ...this._gain(from, to, delay), delay };
  }

  /** What is heard times what is played, summed, for each lag of it. @param {Float32Array} heard @param {Float32Array} played */
  _correlated(heard, played) {
    const [ar, ai, br, bi] = Array.from({ length: 4 }, () => new Float32Array(SIZE / 2 + 1));
    this._fft.forward(heard, 0, this._whole, ar, ai);
    this._fft.forward(played, 0, this._whole, br, bi);
    for (let k = 0; k < ar.length; k++) {
      [ar[k], ai[k]] = [ar[k] * br[k] + ai[k] * bi[k], ai[k] * br[k] - ar[k] * bi[k]];
    }
    const products = new Float32Array(SIZE);
    this._fft.inverse(ar, ai, products, 1 / SIZE);
    return products;
  }

  /** Share of what is played in what is heard a delay later. @param {number} from @param {number} to @param {number} delay */
  _gain(from, to, delay) {
    const [heard, played] = this._waves;
    let [product, h, p] = [0, 1e-12, 1e-12];
    for (let i = Math.max(0, from); i < to; i++) {
      const [x, y] = [heard[(i + delay) % WAVES], played[i % WAVES]];
      product += x * y;
      h += x * x;
      p += y * y;
    }
    return { fit: Math.abs(product) / Math.sqrt(h * p), gain: product / p };
  }

  /** Share that was still heard of what was to be expected; it was as loud before. */
  _fallOfHowl() {
    const usual = sum(this._heard, this._from - SECOND, this._from) / SECOND;
    const first = this._from + HOWL_DELAY;
    return sum(this._heard, first, this._to) / Math.max(1, this._to - first) / usual;
  }

  /** Share that was still heard of what was to be expected; nothing if that was too little. */
  _fallAtDelay() {
    const { _delay: delay, _from: from } = this;
    const gain =
      sum(this._heard, from + delay - SECOND, from + delay) / (sum(this._played, from - SECOND, from) + 1e-20);
    const end = Math.min(from + FAR, this._to - EDGE);
    const count = end - from - EDGE;
    if (count <= 0) return null;
    const played = sum(this._played, from + EDGE, end);
    if (played / count < (THERE * sum(this._played, from - SECOND, from)) / SECOND) return null;
    return sum(this._heard, from + delay + EDGE, end + delay) / (gain * played + 1e-20);
  }

  /** How alike the two levels went in the second before the pause, at the delay: at most 1. */
  _alike() {
    const [x, y] = [this._played, this._heard].map((energies, k) => {
      const first = this._from - SECOND + k * this._delay;
      return Array.from({ length: SECOND / 4 }, (_, i) => Math.sqrt(sum(energies, first + 4 * i, first + 4 * i + 4)));
    });
    const mean = (/** @type {number[]} */ values) => values.reduce((a, b) => a + b, 0) / values.length;
    const [mx, my] = [mean(x), mean(y)];
    const along = (/** @type {number[]} */ a, /** @type {number} */ ma, /** @type {number[]} */ b, mb = ma) =>
      a.reduce((all, value, i) => all + (value - ma) * (b[i] - mb), 0);
    return along(x, mx, y, my) / Math.sqrt(along(x, mx, x) * along(y, my, y) + 1e-20);
  }
}

/** @param {Float32Array} energies By block. @param {number} from @param {number} to */
function sum(energies, from, to) {
  let all = 0;
  for (let k = Math.max(0, Math.round(from)); k < to; k++) all += energies[k % KEPT];
  return all;
}
