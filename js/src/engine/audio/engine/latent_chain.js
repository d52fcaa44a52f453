// What happens to latents between the mapping and the decoder, frame by frame; float32, as in the Python package.

const { fround } = Math;
const GLIDE_FRAMES = 4; // from the latents last played to those of a new mapping

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

/** Shapes latents and keeps them where the decoder is known to behave; a row without numbers repeats the last good. */
export class LatentGuard {
  /** @param {LatentSettings} settings Read at every frame; may be replaced between two. */
  constructor(settings) {
    this.settings = settings;
    this.count = 0;
    this._last = new Float32Array(settings.low.length);
    for (let d = 0; d < this._last.length; d++)
      this._last[d] = Math.max(Math.min(0, settings.high[d]), settings.low[d]);
    this._next = new Float32Array(settings.low.length);
  }

  /** @param {Float32Array} latents `[D]`, are changed. */
  process(latents) {
    const { low, high, scale, offset } = this.settings;
    const next = this._next;
    let good = true;
    for (let d = 0; d < next.length; d++) {
      next[d] = fround(latents[d] * scale[d]) + offset[d];
      good = good && Number.isFinite(next[d]);
    }
    if (!good) {
      this.count++;
      next.set(this._last);
    }
    for (let d = 0; d < next.length; d++) {
      this._last[d] = latents[d] = Math.min(Math.max(next[d], low[d]), high[d]);
    }
  }
}

/** Leads from the latents last played to whatever comes now, after a swap that would else be a jump. */
export class LatentGlide {
  /** @param {number} dim D. */
  constructor(dim) {
    this._last = new Float32Array(dim);
    this._held = new Float32Array(dim);
    this._played = false;
    this._left = 0;
  }

  /** The next frames glide away from the last one. */
  begin() {
    if (!this._played) return;
    this._held.set(this._last);
    this._left = GLIDE_FRAMES;
  }

  /** What comes next is a beginning. */
  forget() {
    this._played = false;
    this._left = 0;
  }

  /** @param {Float32Array} latents `[D]`, are changed. */
  process(latents) {
    if (this._left) {
      const weight = fround(Math.min(1, (GLIDE_FRAMES - this._left + 1) / (GLIDE_FRAMES + 1)));
      const rest = fround(1 - weight);
      for (let d = 0; d < latents.length; d++) {
        latents[d] = fround(rest * this._held[d]) + fround(weight * latents[d]);
      }
      this._left--;
    }
    this._last.set(latents);
    this._played = true;
  }
}

/** Limits how far each latent moves from frame to frame. */
export class LatentSlew {
  /** @param {number} dim D. */
  constructor(dim) {
    this._at = new Float32Array(dim);
    this._begun = false;
  }

  /** The next frame is taken as it comes. */
  forget() {
    this._begun = false;
  }

  /**
   * @param {Float32Array} latents `[D]`, are changed.
   * @param {number} step Largest change per frame.
   */
  process(latents, step) {
    if (this._begun && Number.isFinite(step)) {
      const most = fround(step);
      for (let d = 0; d < latents.length; d++) {
        const change = fround(latents[d] - this._at[d]);
        latents[d] = this._at[d] + Math.min(most, Math.max(-most, change));
      }
    }
    this._at.set(latents);
    this._begun = true;
  }
}
