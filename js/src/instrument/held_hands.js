// Hands that are down: an engine that begins holds them too, and after a panic they are silent until they lift.

/** @typedef {import("../engine/audio/hosts/played_hand.js").HandGesture} Gesture */

export class HeldHands {
  /** By number. @type {Map<number, Gesture>} */ _down = new Map();
  /** Those that were down at a panic, and have not lifted since. @type {Set<number>} */ _hushed = new Set();
  _panicked = false; // since the last press

  /** Whether panic keeps one of them silent. */
  get hushed() {
    return this._hushed.size > 0;
  }

  /** The newest gesture of each. */
  get gestures() {
    return this._down.values();
  }

  /** @param {Gesture} gesture */
  move(gesture) {
    const number = gesture.hand ?? 0;
    if (gesture.down) this._down.set(number, gesture);
    else for (const hands of [this._down, this._hushed]) hands.delete(number);
  }

  panic() {
    this._panicked = true;
    for (const number of this._down.keys()) this._hushed.add(number);
    this._down.clear();
  }

  /** One presses, by which panic is over for all. @returns {boolean} whether there was one since the last press */
  press() {
    const panicked = this._panicked;
    this._panicked = false;
    this._hushed.clear();
    return panicked;
  }

  clear() {
    for (const hands of [this._down, this._hushed]) hands.clear();
  }
}
