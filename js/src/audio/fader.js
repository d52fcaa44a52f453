// Brings one engine's sound in while another's goes: both move along the same curve, so that together they are never more
// than one of them.

import { linear } from "../shared/decibels.js";

const VOLUME_SECONDS = 0.02;
const FADE_SECONDS = 0.03; // the curve's time constant

/** After so many milliseconds a fade is over. */
export const FADED_MS = 200;

/** Volume and fade, in front of the loudspeaker. */
export class Fader {
  /** @param {AudioContext} context @param {number} db Volume. */
  constructor(context, db) {
    this._context = context;
    this._volume = context.createGain();
    this._fade = context.createGain();
    this._volume.gain.value = linear(db);
    this._volume.connect(this._fade).connect(context.destination);
  }

  /** What sound is connected to. */
  get input() {
    return this._volume;
  }

  /** @param {number} db */
  setVolume(db) {
    this._volume.gain.setTargetAtTime(linear(db), this._context.currentTime, VOLUME_SECONDS);
  }

  /** Not heard, before it begins. */
  begin() {
    this._fade.gain.value = 0;
  }

  /** Fade in (1) or out (0). @param {number} level */
  to(level) {
    this._fade.gain.setTargetAtTime(level, this._context.currentTime, FADE_SECONDS);
  }
}
