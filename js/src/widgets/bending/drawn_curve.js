// A curve that is drawn from side to side, as evenly spaced heights.

/** Heights of one stroke over a field whose width and height are 1; what is not drawn over keeps its height. */
export class DrawnCurve {
  /** @param {number[]} heights Where it begins: evenly spaced, -1 (bottom) to 1 (top). */
  constructor(heights) {
    this.heights = [...heights];
    /** @type {[number, number] | null} */
    this._last = null;
  }

  /**
   * The pen is here; between two places it goes straight.
   * @param {number} x 0 (left) to 1.
   * @param {number} y 0 (top) to 1.
   */
  draw(x, y) {
    const last = this.heights.length - 1;
    const place = Math.min(1, Math.max(0, x)) * last;
    const height = 1 - 2 * Math.min(1, Math.max(0, y));
    const [from, start] = this._last ?? [place, height];
    const [low, high] = from < place ? [from, place] : [place, from];
    for (let i = Math.ceil(low - 0.5); i <= Math.floor(high + 0.5); i++) {
      if (i < 0 || i > last) continue;
      const share = place === from ? 1 : Math.min(1, Math.max(0, (i - from) / (place - from)));
      this.heights[i] = start + share * (height - start);
    }
    this._last = [place, height];
  }

  /**
   * Raise one place, and what is beside it the less the farther it is away.
   * @param {number} x 0 (left) to 1.
   * @param {number} by How far up; below 0 is down.
   * @param {number} reach How far to either side, as a share of the width.
   */
  raise(x, by, reach) {
    const last = this.heights.length - 1;
    this.heights = this.heights.map((height, i) => {
      const share = Math.max(0, 1 - Math.abs(i / last - x) / reach);
      return Math.min(1, Math.max(-1, height + share * by));
    });
  }
}
