// Who has which row of the decoder: the hands, with a clip underneath the first, and the playheads.

import { Voice } from "./voice.js";

/** @typedef {import("./sources/source.js").Source} Source */
/** @typedef {import("../../core/mapping.js").Mapping} Mapping */

/** Rows of the decoder, each for one source. Whatever begins or ends does so at the boundary of a latent frame. */
export class Voices {
  /**
   * @param {import("../../codecs/base.js").CodecInfo} info The codec.
   * @param {number} rampSamples Length of the gates' ramps.
   * @param {import("./latents/latent_settings.js").LatentSettings} settings How latents are shaped.
   * @param {import("../patch.js").Patch} patch
   */
  constructor(info, rampSamples, settings, patch) {
    this._info = info;
    this.settings = settings;
    this._patch = patch;
    /** @type {Source[]} */
    this._sources = [];
    // all that there can be, so that a touch allocates nothing
    this._all = Array.from({ length: info.maxVoices }, () => new Voice(settings, info, rampSamples));
    this._rows = 0;
    this._sounding = new Array(info.maxVoices).fill(false);
    this._place = new Float32Array(1);
    this._badOfTheGone = 0;
    this.panicked = false;
  }

  /** All silent, as at the start, with the same sources. */
  restart() {
    for (let k = 0; k < this._all.length; k++) this._all[k].renew(this.settings);
    this._rows = 0;
    this._badOfTheGone = 0;
    this.panicked = false;
    this._sounding.fill(false);
    for (const source of this._sources) {
      source.restart();
      if (source.keepsVoice) this._giveRow(source);
    }
  }

  // --- sources

  /** One more plays; where all rows are taken, it waits in silence until one is free. @param {Source} source */
  add(source) {
    this._sources.push(source);
    if (source.keepsVoice) this._giveRow(source);
  }

  /** It plays no more: its voice fades out. @param {Source} source */
  remove(source) {
    this._sources.splice(this._sources.indexOf(source), 1);
    const voice = this.of(source);
    if (voice) voice.source = null;
  }

  /** The voice of a source; none while it waits for one. @param {Source} source */
  of(source) {
    for (let k = 0; k < this._rows; k++) if (this._all[k].source === source) return this._all[k];
    return null;
  }

  /** The first row that nobody has; one that still fades out leads over. @param {Source} source */
  _giveRow(source) {
    let k = 0;
    while (k < this._rows && this._all[k].source) k++;
    if (k === this._all.length) return;
    if (k === this._rows) this._all[this._rows++].renew(this.settings);
    this._all[k].take(source, this._patch);
  }

  // --- what there is to see

  /**
   * Whose place counts as the one that sounds: a hand that is down, else a playhead, else who runs by itself.
   * @param {import("./sources/hands.js").Hands} hands
   * @param {Source[]} playheads
   * @returns {Voice | null}
   */
  speaker(hands, playheads) {
    for (let k = 0; k < hands.sources.length; k++) {
      const voice = hands.isDown(k) ? this._audible(hands.sources[k]) : null;
      if (voice) return voice;
    }
    for (let k = 0; k < playheads.length; k++) {
      const voice = this._audible(playheads[k]);
      if (voice) return voice;
    }
    return this._audible(hands.clip);
  }

  /** @param {Source} source */
  _audible(source) {
    const voice = this.of(source);
    return voice?.active && this._wanted(voice) > 0 ? voice : null;
  }

  /** None sounds, and none is about to. */
  get silent() {
    for (let k = 0; k < this._rows; k++) if (this._all[k].active || this._wanted(this._all[k]) > 0) return false;
    return true;
  }

  /** Rows of the decoder that the next frame will need at most. */
  get rowsAhead() {
    let rows = 0;
    for (let k = 0; k < this._rows; k++) if (this._all[k].active || this._wanted(this._all[k]) > 0) rows = k + 1;
    for (let k = 0; k < this._sources.length; k++) {
      if (!this.panicked && this._sources[k].level > 0 && !this.of(this._sources[k])) rows++;
    }
    return Math.min(rows, this._all.length);
  }

  /** Latent rows that were no numbers, since the start. */
  get badRows() {
    let sum = this._badOfTheGone;
    for (let k = 0; k < this._rows; k++) sum += this._all[k].badRows;
    return sum;
  }

  // --- what may change between two frames

  /** What comes next comes from elsewhere: all lead over to it. */
  leadOver() {
    for (let k = 0; k < this._rows; k++) this._all[k].leadOver();
  }

  /** @param {import("./latents/latent_settings.js").LatentSettings} settings */
  setLatents(settings) {
    this.settings = settings;
    for (let k = 0; k < this._rows; k++) this._all[k].configure(settings);
  }

  /**
   * Set the voices' own processors as the patch says.
   * @param {import("../patch.js").Patch} patch
   * @param {Set<string>} groups That have changed.
   */
  configure(patch, groups) {
    this._patch = patch;
    for (let k = 0; k < this._rows; k++) {
      for (const processor of this._all[k].processors) if (groups.has(processor.group)) processor.configure(patch);
    }
  }

  /** Close all gates; what plays by itself is paused. @param {number} rampSamples */
  panic(rampSamples) {
    this.panicked = true;
    for (const source of this._sources) source.stop();
    for (let k = 0; k < this._rows; k++) this._all[k].close(rampSamples);
  }

  /** All gates shut without a ramp, to fade in again: for a frame that was muted. */
  closeAtOnce() {
    for (let k = 0; k < this._rows; k++) this._all[k].closeAtOnce();
  }

  // --- frame by frame

  /**
   * Begin what begins now and end what ends.
   * @returns {number} How many rows of the decoder are needed.
   */
  openAndClose() {
    for (let k = 0; k < this._rows; k++) {
      const voice = this._all[k];
      if (voice.source && !voice.source.keepsVoice && !voice.active && !voice.level) voice.source = null;
    }
    for (let k = 0; k < this._sources.length; k++) {
      const source = this._sources[k];
      if (source.level > 0 && !this.of(source)) this._giveRow(source);
    }
    for (let k = 0; k < this._rows; k++) this._all[k].openOrClose(this._wanted(this._all[k]));
    while (this._rows && !this._all[this._rows - 1].source && !this._all[this._rows - 1].active) {
      this._badOfTheGone += this._all[--this._rows].badRows;
    }
    let rows = 0;
    for (let k = 0; k < this._all.length; k++) {
      this._sounding[k] = k < this._rows && this._all[k].active;
      if (this._sounding[k]) rows = k + 1;
    }
    return rows;
  }

  /** @param {Voice} voice */
  _wanted(voice) {
    return this.panicked ? 0 : voice.level;
  }

  /**
   * Latents of a row; a silent row rests at the origin.
   * @param {number} row
   * @param {Mapping} mapping
   * @param {import("./latents/modulators.js").Modulators} modulators
   * @param {Float32Array} latents Is filled, `[D]`.
   */
  latents(row, mapping, modulators, latents) {
    latents.fill(0);
    if (this._place.length !== mapping.controlDim) this._place = new Float32Array(mapping.controlDim);
    if (this._sounding[row]) this._all[row].nextLatents(mapping, modulators, this._place, latents);
  }

  /**
   * Decoded rows through their gates to one sound.
   * @param {Float32Array[][]} decoded `[B][A][ratio]`, is changed.
   * @param {number} rows B.
   * @param {Float32Array[]} audio Is filled, `[A][ratio]`.
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  mix(decoded, rows, audio, from, to) {
    for (let a = 0; a < audio.length; a++) audio[a].fill(0, from, to);
    for (let k = 0; k < rows; k++) {
      if (!this._sounding[k]) continue;
      this._all[k].sound(decoded[k], from, to);
      for (let a = 0; a < audio.length; a++) {
        const own = decoded[k][a];
        const sum = audio[a];
        for (let i = from; i < to; i++) sum[i] += own[i];
      }
    }
  }

  /** All sources move on, those that wait too. */
  advance() {
    for (let k = 0; k < this._sources.length; k++) this._sources[k].advance(this._sounds(this._sources[k]));
  }

  /** @param {Source} source */
  _sounds(source) {
    for (let k = 0; k < this._rows; k++) if (this._all[k].source === source) return this._sounding[k];
    return false;
  }
}
