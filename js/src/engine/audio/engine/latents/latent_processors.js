// The processors of latents that every voice has, frame by frame; float32, as in the Python package.

const { fround } = Math;
const GLIDE_FRAMES = 4; // from the latents last played to those of a new mapping

/** Shapes latents and keeps them where the decoder is known to behave; a row without numbers repeats the last good. */
export class LatentGuard {
  /** @param {import("./latent_settings.js").LatentSettings} settings Read at every frame; may be replaced between two. */
  constructor(settings) {
    this.settings = settings;
    this.count = 0;
    this._last = new Float32Array(settings.low.length);
    this._next = new Float32Array(settings.low.length);
    this.renew(settings);
  }

  /** As a fresh one. @param {import("./latent_settings.js").LatentSettings} settings */
  renew(settings) {
    const { low, high } = settings;
    this.settings = settings;
    this.count = 0;
    for (let d = 0; d < low.length; d++) this._last[d] = Math.min(Math.max(0, low[d]), high[d]);
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

  /**
   * Before factor and offset; a factor of 0 has lost what there was.
   * @param {Float32Array} processed `[D]`
   * @param {Float32Array} raw `[D]`
   * @param {Float32Array} latents Is filled, `[D]`.
   */
  undo(processed, raw, latents) {
    const { scale, offset } = this.settings;
    for (let d = 0; d < latents.length; d++) {
      latents[d] = scale[d] === 0 ? raw[d] : fround(processed[d] - offset[d]) / scale[d];
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
  /**
   * @param {number} dim D.
   * @param {import("./latent_settings.js").LatentSettings} settings Their slew limit counts.
   * @param {number} frameRate Latent frames per second.
   */
  constructor(dim, settings, frameRate) {
    this._frameRate = frameRate;
    this._at = new Float32Array(dim);
    this._begun = false;
    this._step = settings.slew / frameRate;
  }

  /** Move no faster than these say. @param {import("./latent_settings.js").LatentSettings} settings */
  configure({ slew }) {
    this._step = slew / this._frameRate;
  }

  /** The next frame is taken as it comes. */
  forget() {
    this._begun = false;
  }

  /** @param {Float32Array} latents `[D]`, are changed. */
  process(latents) {
    if (this._begun && Number.isFinite(this._step)) {
      const most = fround(this._step);
      for (let d = 0; d < latents.length; d++) {
        const change = fround(latents[d] - this._at[d]);
        latents[d] = this._at[d] + Math.min(most, Math.max(-most, change));
      }
    }
    this._at.set(latents);
    this._begun = true;
  }
}
