// Hands: their places come with every frame.

export const MAX_HANDS = 8;
/** Of a hand's place. */
export const MOST_DIMENSIONS = 64;

/**
 * What a hand does in a frame.
 * @typedef {object} HandFrame
 * @property {ArrayLike<number>} place `[C]` in control units; what is missing is 0.
 * @property {number} level 0 is up; above it, up to 1, down at that level.
 */

/**
 * One finger, pointer or pad.
 * @implements {Source}
 * @typedef {import("./source.js").Source} Source
 */
export class Hand {
  constructor() {
    this.kind = /** @type {const} */ ("hand");
    this.keepsVoice = false;
    this._place = new Float32Array(MOST_DIMENSIONS);
    this._offset = new Float32Array(MOST_DIMENSIONS);
    this.level = 0;
    this._wasDown = false;
  }

  /** Up, and never down before. */
  restart() {
    this.level = 0;
    this._wasDown = false;
    this._place.fill(0);
  }

  /**
   * Its place in the next frame and its level.
   * @param {ArrayLike<number>} place
   * @param {number} level
   * @returns {boolean} Whether it has come down.
   */
  take(place, level) {
    for (let c = 0; c < MOST_DIMENSIONS; c++) this._place[c] = c < place.length ? place[c] : 0;
    this.level = level;
    const touched = level > 0 && !this._wasDown;
    this._wasDown = level > 0;
    return touched;
  }

  /** Be so far from where it is said to be. @param {number | number[]} offset One for all dimensions, or one for each. */
  wander(offset) {
    const many = Array.isArray(offset) ? offset : [offset];
    for (let c = 0; c < MOST_DIMENSIONS; c++) this._offset[c] = many.length === 1 ? many[0] : (many[c] ?? 0);
  }

  /** Up, at the place where it was last. */
  release() {
    this.level = 0;
    this._wasDown = false;
  }

  /** Take it as having been up. */
  retrigger() {
    this._wasDown = false;
  }

  /** @param {Float32Array} place */
  place(place) {
    for (let c = 0; c < place.length; c++) place[c] = this._place[c] + this._offset[c];
  }

  steer() {}

  mix() {}

  advance() {}

  stop() {}
}
