// How the latents of all voices are shaped before they are decoded.

/**
 * One number or D of them as D.
 * @param {any} value
 * @param {string} name
 * @param {number} dim
 */
function vector(value, name, dim) {
  const many = typeof value === "number" ? new Float32Array(dim).fill(value) : Float32Array.from(value);
  const all = many.length === 1 ? new Float32Array(dim).fill(many[0]) : many;
  if (all.length !== dim || !all.every(Number.isFinite)) {
    throw new Error(`${name} needs one finite number or ${dim}, one per latent dimension`);
  }
  return all;
}

/** How latents are shaped before they are decoded: `clip(z * scale + offset, low, high)`, then a slew limit. */
export class LatentSettings {
  /**
   * @param {number} dim D.
   * @param {{ low: any, high: any, scale: any, offset: any, slew: number }} values One number or D numbers each; the
   *   slew in units per second.
   * @throws {Error} If numbers are missing or not finite, or a range is upside down.
   */
  constructor(dim, { low, high, scale, offset, slew }) {
    this.low = vector(low, "low", dim);
    this.high = vector(high, "high", dim);
    this.scale = vector(scale, "scale", dim);
    this.offset = vector(offset, "offset", dim);
    this.slew = slew;
    if (this.low.some((value, d) => value > this.high[d])) throw new Error("a latent's lower limit is above its upper");
    if (!(slew > 0)) throw new Error(`the slew limit is a number of units per second above 0, got ${slew}`);
  }
}
