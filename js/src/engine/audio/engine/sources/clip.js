// A hand over a backing clip: the clip's latents in motion, and the mix of its own sound with what is decoded.

import { Walker } from "../../../core/exploration/endless_walk.js";
import { Gain } from "../output/gain.js";

/**
 * A sound that runs underneath the hand.
 * @typedef {object} BackingClip
 * @property {import("../../assets.js").SoundAsset} sound Latents `[T, D]` and its own samples, the dry signal.
 * @property {string[]} modes What the terrain's latent does to the clip's, one for each of the D: `keep`, `override`,
 *   `add` or `multiply` (Vigliensoni & Fiebrink, ICCC 2023).
 * @property {boolean} running Whether it plays by itself; else it runs only while the hand is down.
 * @property {boolean} loop Begin again at its end, or fall silent there.
 * @property {boolean} [live] Its latents and its own sound come with every frame, and `sound` says nothing.
 */

/**
 * What is heard in a frame: its latents `[D]`, its samples `[A][ratio]`, which both come at the same time, and how loud it
 * is, from 0 to 1; `own`: its samples as they came.
 * @typedef {{ latents: Float32Array, audio: Float32Array[], own: Float32Array, level: number }} Heard
 */

const { fround } = Math;
const EDGE_SECONDS = 0.005;

/**
 * The nearest whole number, of two the even one, as Python rounds.
 * @param {number} value
 */
function roundedHalfToEven(value) {
  const nearest = Math.round(value);
  return nearest - value === 0.5 && nearest % 2 ? nearest - 1 : nearest;
}

/**
 * Steers a clip's latents by the terrain's under a hand. Without a clip it is the hand alone.
 * @implements {Source}
 * @typedef {import("./source.js").Source} Source
 */
export class HandOverClip {
  /**
   * @param {import("./hand.js").Hand} hand Who steers.
   * @param {import("../../../codecs/base.js").CodecInfo} info The codec. The dry sound is held back by its delay.
   * @param {number} rampSamples Length of the mix's ramps.
   */
  constructor(hand, info, rampSamples) {
    this.kind = /** @type {const} */ ("hand");
    this.keepsVoice = true;
    this._hand = hand;
    this._info = info;
    this.wet = 1;
    this._share = new Gain(rampSamples); // of the decoded sound: 1 without a clip, else what was asked for
    /** @type {BackingClip | null} */
    this.clip = null;
    /** @type {Walker | null} */
    this._walker = null; // what makes the latents of a walk without end
    /** @type {Float32Array[]} */
    this._dry = [];
    this._edge = EDGE_SECONDS * info.sampleRate;
    this._frame = 0;
    this._leaving = null;
    this._leftFor = 0;
    /** @type {Heard | null} */
    this._heard = null;
  }

  /** What is heard in the next frame. @param {Heard | null} heard */
  hear(heard) {
    this._heard = heard;
  }

  /** From the clip's beginning, with no ramp under way and the hand up. */
  restart() {
    this._hand.restart();
    this._frame = 0;
    this._share.jump(this._share.target);
    this._leaving = null;
    this._leftFor = 0;
  }

  /** Whether there is something left of the clip; so it is without one. */
  get _goesOn() {
    return this.clip === null || this.clip.loop || this._walker !== null || this._frame < this.clip.sound.frames;
  }

  /** The hand's, or full while the clip runs by itself; none after the clip's end. */
  get level() {
    if (!this._goesOn || (this.clip?.live && !this._heard)) return 0;
    return this._hand.level || (this.clip?.running ? 1 : 0);
  }

  /**
   * Take another clip, or none, from its beginning.
   * @param {BackingClip | null} clip
   */
  set(clip) {
    if (this.clip && !this.clip.live) {
      this._leaving = { dry: this._dry, start: this._frame * this._info.ratio, loop: this.clip.loop };
      this._leftFor = 0;
    }
    if (clip) this._dry = this._drySound(clip.sound);
    this.clip = clip;
    this._walker = clip?.sound.walk ? new Walker(clip.sound.walk) : null;
    this._frame = 0;
    this._share.set(clip ? this.wet : 1);
  }

  /** @param {import("../../assets.js").SoundAsset} sound */
  _drySound({ audio, frames, channels }) {
    const { ratio, channels: wanted, sampleRate } = this._info;
    const length = frames * ratio;
    return Array.from({ length: wanted }, (_, a) => {
      const dry = new Float32Array(length);
      if (!audio) return dry;
      const own = audio.length / channels;
      const count = Math.min(length, own);
      const start = channels === 1 ? 0 : a * own;
      for (let i = 0; i < count; i++) dry[i] = audio[start + i];
      // where the clip begins again its two ends meet: both at zero
      const edge = Math.min(Math.floor(count / 2), roundedHalfToEven(EDGE_SECONDS * sampleRate));
      for (let i = 0; i < edge; i++) {
        const ramp = fround(i / edge);
        dry[i] *= ramp;
        dry[count - 1 - i] *= ramp;
      }
      return dry;
    });
  }

  /**
   * Mix: 1 is the decoded sound alone, 0 the clip itself.
   * @param {number} wet
   */
  setWet(wet) {
    this.wet = wet;
    if (this.clip) this._share.set(wet);
  }

  /** Run only while the hand is down. */
  stop() {
    if (this.clip) this.clip = { ...this.clip, running: false };
  }

  /** A clip that has ended begins again. */
  rewindIfEnded() {
    if (!this._goesOn) this._frame = 0;
  }

  /** The hand's. @param {Float32Array} place */
  place(place) {
    this._hand.place(place);
  }

  /**
   * The clip's latents of the next frame, steered by the terrain's. Does not move on.
   * @param {Float32Array} latents `[D]`, are changed.
   */
  steer(latents) {
    const { clip } = this;
    if (!clip) return;
    const { frames } = clip.sound;
    const walked = this._walker?.at(this._frame);
    const own = walked ?? (clip.live && this._heard ? this._heard.latents : clip.sound.latents);
    const row =
      clip.live || walked ? 0 : (clip.loop ? this._frame % frames : Math.min(this._frame, frames - 1)) * latents.length;
    for (let d = 0; d < latents.length; d++) {
      const mode = clip.modes[d];
      if (mode === "add") latents[d] = own[row + d] + latents[d];
      else if (mode === "multiply") latents[d] = own[row + d] * latents[d];
      else if (mode === "keep") latents[d] = own[row + d];
    }
  }

  /**
   * Adds the dry sound of the same frame to the decoded one. Does not move on.
   * @param {Float32Array[]} audio `[A][ratio]`, is changed.
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  mix(audio, from, to) {
    if (!this.clip && !this._leaving && this._share.remaining === 0) return;
    const start = this._frame * this._info.ratio - this._info.delay;
    const leaving = this._leaving;
    const heard = !this.clip || this.clip.live ? this._heard?.audio : null; // without a clip, while its share fades out
    const own = this.clip?.live ? null : this.clip;
    for (let i = from; i < to; i++) {
      const share = fround(this._share.next());
      const rest = fround(1 - share);
      const fade = leaving ? fround(1 - Math.min(1, (this._leftFor + i - from) / this._edge)) : 0;
      for (let a = 0; a < audio.length; a++) {
        let dry = heard
          ? heard[Math.min(a, heard.length - 1)][i]
          : own
            ? HandOverClip.sample(this._dry[a], start + i, own.loop)
            : 0;
        if (leaving) {
          const place = leaving.start - this._info.delay + this._leftFor + i - from;
          dry = fround(dry + fround(HandOverClip.sample(leaving.dry[a], place, leaving.loop) * fade));
        }
        audio[a][i] = fround(audio[a][i] * share) + fround(dry * rest);
      }
    }
    if (leaving) {
      this._leftFor += to - from;
      if (this._leftFor - 1 >= this._edge) this._leaving = null;
    }
  }

  /**
   * @param {Float32Array} samples
   * @param {number} place
   * @param {boolean} loop
   */
  static sample(samples, place, loop) {
    if (place < 0 || (!loop && place >= samples.length)) return 0;
    return samples[place % samples.length];
  }

  /** Move on by a frame; the clip waits while nothing sounds. @param {boolean} sounding */
  advance(sounding) {
    if (sounding) this._frame++;
  }
}
