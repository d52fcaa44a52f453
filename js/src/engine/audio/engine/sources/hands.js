// All hands of an engine, the first with a clip underneath.

import { HandOverClip } from "./clip.js";
import { Hand, MAX_HANDS } from "./hand.js";

/** @typedef {import("./hand.js").HandFrame} HandFrame */

export class Hands {
  /**
   * @param {import("../../../codecs/base.js").CodecInfo} info The codec.
   * @param {number} rampSamples Length of the ramps of the clip's mix.
   */
  constructor(info, rampSamples) {
    this._hands = Array.from({ length: MAX_HANDS }, () => new Hand());
    /** The first hand, with what runs underneath it. */
    this.clip = new HandOverClip(this._hands[0], info, rampSamples);
    /** Each as a source. @type {import("./source.js").Source[]} */
    this.sources = [this.clip, ...this._hands.slice(1)];
  }

  /** Whether a hand is down, whatever runs underneath. @param {number} hand */
  isDown(hand) {
    return this._hands[hand].level > 0;
  }

  /** All are so far from where they are said to be. @param {number | number[]} offset One for all dimensions, or one for each. */
  wander(offset) {
    for (let k = 0; k < this._hands.length; k++) this._hands[k].wander(offset);
  }

  /** Take a hand as having been up. @param {number} hand */
  retrigger(hand) {
    this._hands[hand].retrigger();
  }

  /**
   * What they do in the next frame.
   * @param {ArrayLike<number>} place The first hand's.
   * @param {number} level The first hand's.
   * @param {(HandFrame | undefined)[]} fingers The others, by number from 1; those that are left out are up.
   * @returns {boolean} Whether one has come down.
   */
  take(place, level, fingers) {
    let touched = this._hands[0].take(place, level);
    if (touched) this.clip.rewindIfEnded();
    for (let number = 1; number < MAX_HANDS; number++) {
      const finger = number < fingers.length ? fingers[number] : undefined;
      if (!finger) this._hands[number].release();
      else if (this._hands[number].take(finger.place, finger.level)) touched = true;
    }
    return touched;
  }
}
