// A voice: one row of the decoder, with the latents' memory and the gate that belong to it.

import { LatentChain } from "./latents/latent_chain.js";
import { Fade } from "./output/gain.js";
import { voiceProcessors } from "./output/voice_processors.js";

/** @typedef {import("./latents/latent_settings.js").LatentSettings} LatentSettings */

/** A source's place in the decoder: latents in, a gated row of sound out. */
export class Voice {
  /**
   * @param {LatentSettings} settings How latents are shaped.
   * @param {import("../../codecs/base.js").CodecInfo} info The codec.
   * @param {number} rampSamples Length of the gate's fades.
   */
  constructor(settings, info, rampSamples) {
    /** Who plays; nobody once that is gone and the voice fades out. @type {import("./sources/source.js").Source | null} */
    this.source = null;
    this._every = voiceProcessors(rampSamples);
    /** What shapes its sound before the gate. */
    this.processors = this._every.playhead;
    this._gate = new Fade(rampSamples);
    this._chain = new LatentChain(settings, info.sampleRate / info.ratio);
    this._last = new Float32Array(info.latentDim);
    this._raw = new Float32Array(info.latentDim); // before they were shaped
    /** Where it was in the last frame that it sounded, `[C]`. */
    this.place = new Float32Array(1);
  }

  /** As a fresh one. @param {LatentSettings} settings */
  renew(settings) {
    this.source = null;
    this._gate.jump(0);
    this._chain.renew(settings);
    this._last.fill(0);
  }

  /**
   * Play this source from now on; what still fades out leads over.
   * @param {import("./sources/source.js").Source} source
   * @param {import("../patch.js").Patch} patch
   */
  take(source, patch) {
    this.source = source;
    this.processors = this._every[source.kind];
    for (let k = 0; k < this.processors.length; k++) this.processors[k].renew(patch);
    this.leadOver();
  }

  /** Whether it sounds, or still fades out. */
  get active() {
    return !this._gate.silent;
  }

  /** At which its source wants to sound. */
  get level() {
    return this.source ? this.source.level : 0;
  }

  /** Latent rows that were no numbers, so far. */
  get badRows() {
    return this._chain.badRows;
  }

  /** @param {LatentSettings} settings By which latents are shaped from now on. */
  configure(settings) {
    this._chain.configure(settings);
    this.leadOver();
  }

  /** What comes next comes from elsewhere: lead over to it, where something sounds. */
  leadOver() {
    if (this.active) this._chain.leadOver();
  }

  /** Fade out. @param {number} rampSamples */
  close(rampSamples) {
    this._gate.close(rampSamples);
  }

  /** Shut without a ramp, to fade in again: for a frame that was muted. */
  closeAtOnce() {
    const { target } = this._gate;
    this._gate.jump(0);
    this._gate.set(target);
  }

  /** Head for a level; 0 is silence. @param {number} level */
  openOrClose(level) {
    if (level > 0) {
      if (!this.active) this._chain.forget();
      this._gate.open(level);
    } else if (this._gate.target !== 0) {
      this._gate.close();
    }
  }

  /**
   * What to decode for the next frame.
   * @param {import("../../core/mapping.js").Mapping} mapping
   * @param {import("./latents/modulators.js").Modulators} modulators
   * @param {Float32Array} place Room for a place, `[C]`.
   * @param {Float32Array} latents Is filled, `[D]`.
   */
  nextLatents(mapping, modulators, place, latents) {
    if (!this.source) {
      latents.set(this._last); // what it was dies away
      return;
    }
    this.source.place(place);
    mapping.at(place, latents);
    this.source.steer(latents);
    modulators.move(latents);
    if (this.place.length !== place.length) this.place = new Float32Array(place.length);
    this.place.set(place);
    this._raw.set(latents);
    this._chain.process(latents);
    this._last.set(latents);
  }

  /**
   * Its latents before factor and offset: what a mapping must give to sound the same.
   * @param {Float32Array} latents Is filled, `[D]`.
   */
  unshaped(latents) {
    this._chain.undo(this._last, this._raw, latents);
  }

  /**
   * Its decoded sound as it goes into the mix.
   * @param {Float32Array[]} decoded `[A][ratio]`, is changed.
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  sound(decoded, from, to) {
    if (this.source) this.source.mix(decoded, from, to);
    for (let k = 0; k < this.processors.length; k++) this.processors[k].process(decoded, from, to);
    this._gate.process(decoded, from, to);
  }
}
