// What happens to a voice's latents between the mapping and the decoder.

import { LatentGlide, LatentGuard, LatentSlew } from "./latent_processors.js";

export class LatentChain {
  /**
   * @param {import("./latent_settings.js").LatentSettings} settings
   * @param {number} frameRate Latent frames per second.
   */
  constructor(settings, frameRate) {
    const dim = settings.low.length;
    this._guard = new LatentGuard(settings);
    this._glide = new LatentGlide(dim);
    this._slew = new LatentSlew(dim, settings, frameRate);
  }

  /** Rows that were no numbers, so far. */
  get badRows() {
    return this._guard.count;
  }

  /** As a fresh one with these settings. @param {import("./latent_settings.js").LatentSettings} settings */
  renew(settings) {
    this._guard.renew(settings);
    this._slew.configure(settings);
    this.forget();
  }

  /** @param {Float32Array} latents `[D]` as the source gives them; are changed to those that may be decoded. */
  process(latents) {
    this._guard.process(latents);
    this._glide.process(latents);
    this._slew.process(latents);
  }

  /**
   * Latents that would become the processed ones if they came for long.
   * @param {Float32Array} processed `[D]`
   * @param {Float32Array} raw As the source gave them.
   * @param {Float32Array} latents Is filled, `[D]`.
   */
  undo(processed, raw, latents) {
    this._guard.undo(processed, raw, latents);
  }

  /** @param {import("./latent_settings.js").LatentSettings} settings By which latents are shaped from now on. */
  configure(settings) {
    this._guard.settings = settings;
    this._slew.configure(settings);
  }

  /** What comes next comes from elsewhere, while the voice sounds. */
  leadOver() {
    this._glide.begin();
  }

  /** What comes next is a beginning. */
  forget() {
    this._glide.forget();
    this._slew.forget();
  }
}
