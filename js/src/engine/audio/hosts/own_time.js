// How much of the sound's time its making takes, whatever else the machine does meanwhile.

const FRAMES = 16; // of which one figure is made
const QUANTUM = 128; // samples that a browser asks for at once
const EASIEST = 0.25; // share of equal pieces of work in which nothing else came between, even on a busy machine

/**
 * The audio thread has a clock that goes in milliseconds, and knows nothing of the time in which other programs have the
 * processor. So the time of each quantum's work is kept by its place in the latent frame, because a frame's first quantum
 * has more to do than the others; of many at one place the easier ones were not interrupted, and tell what is needed.
 */
export class OwnTime {
  /**
   * @param {import("../../codecs/base.js").CodecInfo} info
   * @param {() => number} now Milliseconds.
   */
  constructor(info, now) {
    this._now = now;
    this._frameMs = (1000 * info.ratio) / info.sampleRate;
    const places = Math.ceil(info.ratio / QUANTUM);
    this._took = Array.from({ length: places }, () => new Float32Array(FRAMES));
    this._counts = new Uint16Array(places);
    this._began = 0;
    /** Of the time in which the sound is heard; above 1 this machine cannot make it. 0 until it is known. */
    this.share = 0;
  }

  /** Work begins. */
  begin() {
    this._began = this._now();
  }

  /** A quantum's work is done. @param {number} at Sample of the latent frame at which it began. */
  end(at) {
    const place = Math.min(this._took.length - 1, Math.floor(at / QUANTUM));
    if (this._counts[place] < FRAMES) this._took[place][this._counts[place]++] = this._now() - this._began;
    if (this._counts[this._took.length - 1] === FRAMES) this._sum();
  }

  _sum() {
    let sum = 0;
    for (let place = 0; place < this._took.length; place++) {
      const took = this._took[place].subarray(0, this._counts[place]).sort();
      sum += took.length ? took[Math.floor(EASIEST * took.length)] : 0;
    }
    this.share = sum / this._frameMs;
    this._counts.fill(0);
  }
}
