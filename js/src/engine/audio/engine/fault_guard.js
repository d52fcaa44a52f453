// Finds what no sound can be.

const FAULT = 16; // 24 dB above full scale: only a broken decoder gives that

/** Finds what no sound can be: NaN, infinity, and levels that only a broken decoder gives. */
export class FaultGuard {
  constructor() {
    this.count = 0;
  }

  reset() {
    this.count = 0;
  }

  /**
   * Whether audio holds such samples; adds their number to `count`.
   * @param {Float32Array[]} audio
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  faulty(audio, from, to) {
    let found = 0;
    for (let a = 0; a < audio.length; a++) {
      const samples = audio[a];
      for (let i = from; i < to; i++) if (!(Math.abs(samples[i]) <= FAULT)) found++; // NaN compares false
    }
    this.count += found;
    return found > 0;
  }
}
