// A voice: one row of the decoder, with the latents' memory and the gate that belong to it.

import { LatentGlide, LatentGuard, LatentSlew } from "./latent_chain.js";
import { Fade } from "./processors.js";

export class Voice {
  /**
   * @param {import("./latent_chain.js").LatentSettings} settings How latents are shaped.
   * @param {number} rampSamples Length of the gate's fades.
   * @param {number} frameRate Latent frames per second.
   */
  constructor(settings, rampSamples, frameRate) {
    const dim = settings.low.length;
    this.gate = new Fade(rampSamples);
    this.guard = new LatentGuard(settings);
    this._glide = new LatentGlide(dim);
    this._slew = new LatentSlew(dim);
    this._frameRate = frameRate;
    this._last = new Float32Array(dim);
  }

  /** Whether it sounds, or still fades out. */
  get active() {
    return !this.gate.silent;
  }

  /** What comes next comes from elsewhere: lead over to it, where something sounds. */
  glide() {
    if (this.active) this._glide.begin();
  }

  /** The next frame is a beginning. */
  forget() {
    this._glide.forget();
    this._slew.forget();
  }

  /**
   * Makes latents that may be decoded of those that a mapping gave.
   * @param {Float32Array} latents `[D]`, are changed.
   */
  shape(latents) {
    this.guard.process(latents);
    this._glide.process(latents);
    this._slew.process(latents, this.guard.settings.slew / this._frameRate);
    this._last.set(latents);
  }

  /**
   * The last latents once more.
   * @param {Float32Array} latents `[D]`, are changed.
   */
  hold(latents) {
    latents.set(this._last);
  }
}
