// What a level meter shows of a sound.

const FALL_DB = 24; // per second
const RMS_SECONDS = 0.1;
const SILENCE_DB = -120;

/**
 * Linear amplitude to dB, not below -120.
 * @param {number} linear
 */
export function decibels(linear) {
  return linear > 0 ? Math.max(SILENCE_DB, 20 * Math.log10(linear)) : SILENCE_DB;
}

/** Peak and RMS with the fall of a needle. */
export class Meter {
  /** @param {number} sampleRate Hz. */
  constructor(sampleRate) {
    this._sampleRate = sampleRate;
    this.peakDb = SILENCE_DB;
    this.limiterDb = 0;
    this._power = 0;
  }

  reset() {
    this.peakDb = SILENCE_DB;
    this.limiterDb = 0;
    this._power = 0;
  }

  /** RMS in dBFS over about 0.1 s. */
  get rmsDb() {
    return decibels(Math.sqrt(this._power));
  }

  /**
   * Look at a frame and at how far the limiter turned it down.
   * @param {Float32Array[]} audio `[A][S]`.
   * @param {number} reductionDb
   */
  take(audio, reductionDb) {
    const length = audio[0].length;
    let peak = 0;
    let power = 0;
    for (let a = 0; a < audio.length; a++) {
      for (let i = 0; i < length; i++) {
        peak = Math.max(peak, Math.abs(audio[a][i]));
        power += audio[a][i] * audio[a][i];
      }
    }
    const seconds = length / this._sampleRate;
    this.peakDb = Math.max(decibels(peak), this.peakDb - FALL_DB * seconds, SILENCE_DB);
    this.limiterDb = Math.max(reductionDb, this.limiterDb - FALL_DB * seconds, 0);
    const keep = Math.exp(-seconds / RMS_SECONDS);
    this._power = keep * this._power + ((1 - keep) * power) / (length * audio.length);
  }
}
