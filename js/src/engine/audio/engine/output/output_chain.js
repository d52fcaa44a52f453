// From the voices' sum to the loudspeaker: DC block → gain → limiter → mute → meter.

import { DCBlock } from "./dc_block.js";
import { Gain } from "./gain.js";
import { Limiter } from "./limiter.js";
import { Meter } from "./meter.js";

const PANIC_SECONDS = 0.005;
const DYING_SECONDS = 0.002;

export class OutputChain {
  /**
   * @param {import("../../../codecs/base.js").CodecInfo} info The codec.
   * @param {number} rampSamples Length of the gain's ramps.
   */
  constructor(info, rampSamples) {
    this._info = info;
    this._dc = new DCBlock(info.channels, info.sampleRate);
    this.gain = new Gain(rampSamples);
    this._limiter = new Limiter(info.channels, info.sampleRate);
    this.mute = new Gain(Math.max(1, Math.floor(PANIC_SECONDS * info.sampleRate))); // panic waits for nothing
    this.meter = new Meter(info.sampleRate);
    this._last = new Float64Array(info.channels);
    this._asked = 1;
    this._level = 1;
  }

  /** Head for a linear gain, 0 or more, times the level. @param {number} gain */
  setGain(gain) {
    this._asked = Math.max(0, gain);
    this.gain.set(this._asked * this._level);
  }

  /** Head for another level, 0 to 1, by which the gain is multiplied. @param {number} level */
  setLevel(level) {
    this._level = level;
    this.gain.set(this._asked * level);
  }

  /** Samples by which the sound is held back. */
  get delay() {
    return this._limiter.delay;
  }

  /** Silence in gives silence out. */
  get idle() {
    const muted = this.mute.target === 0 && this.mute.remaining === 0;
    return muted || (this._limiter.idle && this._dc.idle);
  }

  /** As fresh, at the gain that was asked for. */
  reset() {
    this._dc.reset();
    this.gain.jump(this.gain.target);
    this._limiter.reset();
    this.mute.jump(1);
    this.meter.reset();
    this._last.fill(0);
  }

  /**
   * What the voices give, to what is heard.
   * @param {Float32Array[]} audio `[A][ratio]`, is changed.
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  process(audio, from, to) {
    this._dc.process(audio, from, to);
    this.gain.process(audio, from, to);
    for (let a = 0; a < audio.length; a++) this._last[a] = audio[a][to - 1];
    this._protect(audio, from, to);
  }

  /**
   * The same while no voice sounds; a ramp of the gain waits for the next sound.
   * @param {Float32Array[]} audio `[A][ratio]`, is filled.
   */
  ringOut(audio) {
    const { ratio } = this._info;
    for (let a = 0; a < audio.length; a++) audio[a].fill(0);
    if (!this._dc.idle) {
      this._dc.process(audio, 0, ratio);
      const gain = Math.fround(this.gain.value);
      for (let a = 0; a < audio.length; a++) for (let i = 0; i < ratio; i++) audio[a][i] *= gain;
    }
    this._protect(audio, 0, ratio);
  }

  /**
   * The same after a failure: the last sample dies away in 2 ms, and what shaped it begins afresh.
   * @param {Float32Array[]} audio `[A][ratio]`, is filled.
   * @param {number} from First sample that is meant.
   */
  dieAway(audio, from) {
    const { ratio, sampleRate } = this._info;
    for (let a = 0; a < audio.length; a++) {
      for (let i = from; i < ratio; i++) {
        const fade = Math.exp(-(i - from + 1) / (DYING_SECONDS * sampleRate));
        audio[a][i] = fade > 1e-4 ? this._last[a] * fade : 0;
      }
      this._last[a] = audio[a][ratio - 1];
    }
    this._dc.reset();
    this._protect(audio, from, ratio);
  }

  /** A frame is whole. @param {Float32Array[]} audio */
  measure(audio) {
    this.meter.take(audio, this._limiter.takeReductionDb());
  }

  /**
   * @param {Float32Array[]} audio
   * @param {number} from
   * @param {number} to
   */
  _protect(audio, from, to) {
    this._limiter.process(audio, from, to);
    this.mute.process(audio, from, to);
  }
}
