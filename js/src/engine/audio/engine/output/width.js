// The stereo width of a voice.

import { Gain } from "./gain.js";

const { fround } = Math;
const ADDRESS = "hand.width";

/**
 * Makes two channels narrower or wider: the difference of both is scaled, their sum stays (mid and side). Sound of one
 * channel, or of more than two, goes through unchanged.
 */
export class Width {
  static group = "hand";

  /** @param {number} rampSamples In which it goes over to another width. */
  constructor(rampSamples) {
    this.group = Width.group;
    this._side = new Gain(rampSamples);
  }

  /** As a fresh one at the patch's width. @param {import("../../patch.js").Patch} patch */
  renew(patch) {
    this._side.jump(patch.get(ADDRESS));
  }

  /** Head for the patch's width. @param {import("../../patch.js").Patch} patch */
  configure(patch) {
    this._side.set(patch.get(ADDRESS));
  }

  /**
   * @param {Float32Array[]} audio `[A][S]`, is changed.
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  process(audio, from, to) {
    if (audio.length !== 2 || (this._side.remaining === 0 && this._side.target === 1)) return;
    const [left, right] = audio;
    for (let i = from; i < to; i++) {
      const middle = 0.5 * fround(left[i] + right[i]);
      const side = 0.5 * fround(left[i] - right[i]) * this._side.next();
      left[i] = middle + side;
      right[i] = middle - side;
    }
  }
}
