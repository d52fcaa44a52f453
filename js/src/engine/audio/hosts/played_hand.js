// One hand as the render loop plays it: gestures from the page to what the engine takes with a frame.

import { MOST_DIMENSIONS } from "../engine/sources/hand.js";
import { HandMotion } from "../engine/sources/hand_motion.js";

const SMALLEST_GATE = 1e-4; // a hand that is down sounds, however light

/**
 * A gesture.
 * @typedef {object} HandGesture
 * @property {number[]} place Control units.
 * @property {boolean} down
 * @property {number} [pressure] 0 to 1.
 * @property {boolean} [press] Whether a button or a finger has just gone down, beside a pointer that moves.
 * @property {number} [hand] Its number, 0 to 7.
 * @property {number} [seconds] In which it glides there from where it is, if it is down already; 0 goes straight.
 * @property {import("../engine/sources/hand_motion.js").Course} [course] Of the glide.
 * @property {boolean} [waits] For the next beat or bar, where `clock.quantise` is on.
 * @property {number} [id] Comes back when it is heard.
 */

/** Keeps count of one hand's touches and glides; is what the engine takes. */
export class PlayedHand {
  /** @param {import("../engine/engine.js").Engine} engine That plays it. */
  constructor(engine) {
    this._engine = engine;
    this._motion = new HandMotion(engine.info.sampleRate / engine.info.ratio);
    this._target = new Float32Array(MOST_DIMENSIONS);
    this._down = false;
    this._touched = false; // since the last frame
    this._wasDown = false; // in the last frame
    this._pressure = 1;
    this._seconds = 0;
    /** @type {import("../engine/sources/hand_motion.js").Course} */
    this._course = "eased";
    this._glides = 0;
    /** Where it is in the frame that was begun. */
    this.place = new Float32Array(MOST_DIMENSIONS);
    /** At which it sounds in that frame; 0 is up. */
    this.level = 0;
    /** Whether it was ever down. */
    this.known = false;
  }

  /** @param {HandGesture} gesture */
  move({ place, down, pressure = 1, seconds = 0, course = "eased" }) {
    for (let c = 0; c < MOST_DIMENSIONS; c++) this._target[c] = Number.isFinite(place[c]) ? place[c] : 0;
    if (down && !this._down) this._touched = true;
    this.known = this.known || down;
    this._down = down;
    this._pressure = pressure;
    this._seconds = seconds;
    this._course = course;
    if (seconds > 0) this._glides++;
  }

  /** A hand that is down counts as touching once more: at the start of a recording. */
  touchAgain() {
    if (this._down) this._touched = true;
  }

  /**
   * A frame begins.
   * @param {number} number Its own.
   * @param {boolean} panic Panic has just come: a hand that was down then has to lift first.
   * @returns {boolean} Whether it has been up, and is down again.
   */
  begin(number, panic) {
    const onset = this._touched && !panic;
    // a touch that is over already sounds for one frame
    const down = this._down || this._touched;
    if (onset) this._engine.retrigger(number);
    const dim = this._engine.mapping.controlDim;
    if (this._seconds > 0 && down && this._wasDown && !onset) {
      this._motion.glide(this._target, this._seconds, this._course, this._glides, dim);
    } else {
      this._motion.endGlide(this._glides);
    }
    this._wasDown = down;
    this._touched = false;
    this.level = down ? Math.max(SMALLEST_GATE, Math.min(1, this._pressure)) : 0;
    this.place.set(this._motion.next(this._target, dim));
    return onset;
  }
}
