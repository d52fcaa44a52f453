// Whether a microphone hears what this page plays.

import { CEILING } from "../../engine/audio/engine/output/limiter.js";
import { FoundAgain, LONGEST, SIZE } from "./found_again.js";

const LIKELY = 15; // sharpness with which what is played may be in what is heard; drums that repeat may seem so too
const SAME = 1500; // samples by which the delay wanders, 34 ms: a busy machine's stores grow and shrink
const WINDOWS = 10; // of which two have to agree, 4 s: what sounds seldom fits somewhere, but elsewhere the next time
const FADING = 0.98; // of how loud it was, frame by frame
const NOISE = SIZE / 2; // samples of the rustle, 0.37 s: as long as what comes back may be late
const SURE = 10; // sharpness with which the rustle is there; what is something else stays below 7
const [FIRST_REST, LONGEST_REST] = [2.5, 60]; // seconds after a rustle that did not come back; twice as long each time
const RATE = 44100; // Hz, about

/**
 * Suspects it where what is played is found again twice at about one delay. Then it has the page play a short rustle: if that
 * comes back, the page hears itself.
 */
export class FeedbackCheck {
  constructor() {
    this._finder = new FoundAgain();
    this._heard = new Float32Array(SIZE); // the newest
    this._played = new Float32Array(SIZE);
    this._new = -LONGEST; // samples since two windows were compared
    /** Delays at which something was found in the newest windows. @type {(number | null)[]} */
    this._delays = [];
    this._suspected = false;
    this._loud = 0; // RMS of the loudest frames of the last second or so
    this._rest = FIRST_REST * RATE;
    this._wait = 0; // samples before which no rustle is played
    /** The rustle whose return is waited for. @type {Float32Array | null} */
    this._noise = null;
    this._since = 0; // samples since it began
    /** Whether the page hears itself. */
    this.found = false;
  }

  /**
   * A frame of both, which were heard and played at the same time.
   * @param {Float32Array} heard
   * @param {Float32Array} played Without the rustle.
   * @param {boolean} probed Whether the rustle began with it.
   * @returns {Float32Array | null} A rustle that is to be played now.
   */
  take(heard, played, probed) {
    push(this._heard, heard);
    push(this._played, played);
    const level = rms(played);
    this._loud = Math.max(level, FADING * this._loud);
    this._wait -= heard.length;
    if (this._noise) {
      if (probed) this._since = 0;
      this._since += heard.length;
      if (this._since >= SIZE) this._judge(this._noise);
      return null;
    }
    this._new += heard.length;
    if (this._new >= LONGEST) this._suspect();
    // beneath something loud it is heard least
    if (this.found || !this._suspected || this._wait > 0 || level < this._loud / 2) return null;
    this._suspected = false;
    this._since = -2 * SIZE; // another engine may play by now, and never does
    this._noise = noise(Math.min(CEILING, Math.sqrt(3) * this._loud));
    return this._noise.slice(0, NOISE);
  }

  _suspect() {
    this._new = 0;
    const { sharpness, delay } = this._finder.find(this._heard, this._played, true);
    const again = this._delays.some((before) => before !== null && Math.abs(delay - before) <= SAME);
    if (sharpness > LIKELY && again) this._suspected = true;
    this._delays = [...this._delays, sharpness > LIKELY ? delay : null].slice(-WINDOWS);
  }

  /** @param {Float32Array} noise */
  _judge(noise) {
    this._noise = null;
    this.found = this._finder.find(this._heard, noise, false).sharpness > SURE;
    this._wait = this._rest;
    this._rest = Math.min(2 * this._rest, LONGEST_REST * RATE);
  }
}

/** @param {Float32Array} store @param {Float32Array} frame */
function push(store, frame) {
  store.copyWithin(0, frame.length);
  store.set(frame, store.length - frame.length);
}

/** A rustle, and silence after it. @param {number} loudest */
function noise(loudest) {
  return Float32Array.from({ length: SIZE }, (_, i) => (i < NOISE ? loudest * (2 * Math.random() - 1) : 0));
}

/** @param {Float32Array} samples */
export function rms(samples) {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return Math.sqrt(power / samples.length);
}
