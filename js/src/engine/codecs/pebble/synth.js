// The decoder's second half: a harmonic oscillator and filtered noise, sub-frame by sub-frame (after Engel et al.,
// "DDSP", ICLR 2020); the Python package's synth.py says how.

import { RealFFT } from "../../core/real_fft.js";
import {
  BINS,
  HARMONICS,
  HOP,
  motionTable,
  NOISE_PERIOD,
  noiseTable,
  RATIO,
  SUBFRAMES,
  TABLE,
  WINDOW,
  windowTable,
} from "./tables.js";

/** @typedef {import("./decoder.js").Controls} Controls */

/** What the synthesiser remembers between two frames, in one row. */
export class SynthState {
  constructor() {
    /** Of the fundamental, in samples of a period, 0 up to TABLE. */
    this.phase = 0;
    /** One period of the tone at the end of the last sub-frame, and room for the next. */
    this.period = new Float32Array(TABLE);
    this.next = new Float32Array(TABLE);
    /** Second half of the last noise segment. */
    this.tail = new Float32Array(HOP);
  }

  reset() {
    this.phase = 0;
    this.period.fill(0);
    this.tail.fill(0);
  }

  /** Go on from where another is. @param {SynthState} other */
  take(other) {
    this.phase = other.phase;
    this.period.set(other.period);
    this.next.set(other.next);
    this.tail.set(other.tail);
  }
}

export class HarmonicNoiseSynth {
  constructor() {
    this._noise = noiseTable();
    this._window = windowTable();
    this._motion = motionTable();
    this._tone = new RealFFT(TABLE);
    this._segments = new RealFFT(WINDOW);
    this._re = new Float32Array(TABLE / 2 + 1);
    this._im = new Float32Array(TABLE / 2 + 1);
    this._noiseRe = new Float32Array(BINS);
    this._noiseIm = new Float32Array(BINS);
    this._segment = new Float32Array(WINDOW);
  }

  /**
   * One sub-frame of sound.
   * @param {Controls} controls Of the frame.
   * @param {number} sub Which, 0 to 3; the last one ends the frame.
   * @param {number} frame Absolute index of the frame: it chooses the noise.
   * @param {SynthState} state Of the row.
   * @param {Float32Array} audio `[RATIO]`, of which `HOP` samples are filled.
   */
  run(controls, sub, frame, state, audio) {
    this._shapePeriod(controls.amplitudes, sub, state.next);
    this._shapeNoise(controls.gains, sub, frame);
    const { period, next, tail } = state;
    const { now, before } = this._motion;
    const segment = this._segment;
    for (let i = 0, n = sub * HOP; i < HOP; i++, n++) {
      const place = state.phase + controls.frequency * now[n] + controls.earlier * before[n];
      const whole = Math.floor(place);
      const part = place - whole;
      const low = whole & (TABLE - 1);
      const high = (low + 1) & (TABLE - 1);
      const opening = period[low] + (period[high] - period[low]) * part;
      const closing = next[low] + (next[high] - next[low]) * part;
      audio[n] = opening + (closing - opening) * ((i + 1) / HOP) + segment[i] + tail[i];
    }
    for (let i = 0; i < HOP; i++) tail[i] = segment[HOP + i];
    state.period = next;
    state.next = period;
    if (sub < SUBFRAMES - 1) return;
    const way = controls.frequency * now[RATIO - 1] + controls.earlier * before[RATIO - 1];
    state.phase = (state.phase + way) % TABLE;
  }

  /**
   * @param {Float32Array} amplitudes
   * @param {number} sub
   * @param {Float32Array} period Is filled.
   */
  _shapePeriod(amplitudes, sub, period) {
    // from an RMS amplitude to a line of the spectrum; imaginary: sines, because cosines would peak all at once
    for (let h = 0; h < HARMONICS; h++) this._im[h + 1] = -amplitudes[sub * HARMONICS + h] * Math.SQRT1_2;
    this._tone.inverse(this._re, this._im, period, 1);
  }

  /**
   * @param {Float32Array} gains
   * @param {number} sub
   * @param {number} frame
   */
  _shapeNoise(gains, sub, frame) {
    const row = ((frame * SUBFRAMES + sub) % NOISE_PERIOD) * BINS;
    for (let bin = 0; bin < BINS; bin++) {
      const gain = gains[sub * BINS + bin];
      this._noiseRe[bin] = this._noise.real[row + bin] * gain;
      this._noiseIm[bin] = this._noise.imaginary[row + bin] * gain;
    }
    this._segments.inverse(this._noiseRe, this._noiseIm, this._segment, 1 / WINDOW);
    for (let i = 0; i < WINDOW; i++) this._segment[i] *= this._window[i];
  }
}
