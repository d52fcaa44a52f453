// The engine: places in, sound out, one latent frame after the other. The Python package's engine is its reference.

import { ConstantMapping } from "../../core/mapping.js";
import { MAPPING } from "../assets.js";
import { Patch } from "../patch.js";
import { Limiter } from "./limiter.js";
import { Meter } from "./meter.js";
import { DCBlock, FaultGuard, Gain } from "./processors.js";
import { backingClip, latentSettings, mappingAsset, playheads } from "./resolution.js";
import { Voices } from "./voices.js";

const RAMP_SECONDS = 0.03;
const PANIC_SECONDS = 0.005;
const DYING_SECONDS = 0.002;
const HEALED_SECONDS = 2;
const CLIP = ["clip.sound", "clip.modes", "clip.loop", "clip.running"];

/**
 * Place → mapping → base clip → latent guard → codec → gates → DC block → gain → limiter.
 *
 * The first voice is the hand's; each playhead has a voice of its own, and all voices are rows of one decoder. A frame is
 * made by `begin` and calls of `work` until it is `whole`; or by `render` at once.
 */
export class Engine {
  /** @param {import("../../codecs/base.js").Codec} codec What decodes. */
  constructor(codec) {
    const { info } = codec;
    this.info = info;
    this._ramp = Math.max(1, Math.round(RAMP_SECONDS * info.sampleRate));
    this._stream = codec.stream();
    this._stream.resize(1);
    this.patch = new Patch();
    /** @type {Map<string, import("../assets.js").Asset>} */
    this.assets = new Map();
    /** @type {import("../../core/mapping.js").Mapping} */
    this.mapping = new ConstantMapping(2, new Float32Array(info.latentDim));
    this._voices = new Voices(info, this._ramp, latentSettings(this.patch, this.assets, info));
    this._gain = new Gain(this._ramp);
    this._faults = new FaultGuard();
    this._dc = new DCBlock(info.channels, info.sampleRate);
    this._limiter = new Limiter(info.channels, info.sampleRate);
    this._panicRamp = Math.max(1, Math.floor(PANIC_SECONDS * info.sampleRate));
    this._mute = new Gain(this._panicRamp); // behind the limiter: panic waits for nothing
    this._meter = new Meter(info.sampleRate);
    const sound = () => Array.from({ length: info.channels }, () => new Float32Array(info.ratio));
    this._latents = Array.from({ length: info.maxVoices }, () => new Float32Array(info.latentDim));
    this._decoded = Array.from({ length: info.maxVoices }, sound);
    this._lastSample = new Float64Array(info.channels);
    this._hand = new Float32Array(this.mapping.controlDim);
    /** Text of the newest exception of the codec or the mapping, or an empty one. Such a frame is muted. */
    this.error = "";
    /** Latent frames rendered since the start. */
    this.frames = 0;
    this._goodFrames = 0;
    this._rows = 0;
    this._done = 0; // parts of the frame's work
    this._failed = false;
    /** @type {Float32Array[]} */
    this._audio = sound();
    /** Samples of the frame that are there. */
    this.ready = info.ratio;
  }

  _begin() {
    this.error = "";
    this.frames = 0;
    this._goodFrames = 0;
    this._faults.reset();
    this._dc.reset();
    this._limiter.reset();
    this._mute.jump(1);
    this._lastSample.fill(0);
    this._meter.reset();
    this._rows = this._done = 0;
    this._failed = false;
    this.ready = this.info.ratio;
  }

  // --- what there is to see

  /** Samples by which the limiter holds the sound back. */
  get delay() {
    return this._limiter.delay;
  }

  get playheads() {
    return this._voices.playheads;
  }

  /** How many playheads there are. */
  get playheadCount() {
    return this._voices.count;
  }

  /**
   * Where a playhead is, in points of its path; -1 if it does not sound.
   * @param {number} k
   */
  position(k) {
    return this._voices.position(k);
  }

  /** Panic keeps all silent. */
  get panicked() {
    return this._voices.panicked;
  }

  get handSilent() {
    return this._voices.handSilent;
  }

  /** Nothing sounds any more and nothing is left inside. */
  get silent() {
    const muted = this._mute.target === 0 && this._mute.remaining === 0;
    return this._voices.silent && ((this._limiter.idle && this._dc.idle) || muted);
  }

  get peakDb() {
    return this._meter.peakDb;
  }

  get rmsDb() {
    return this._meter.rmsDb;
  }

  get limiterDb() {
    return this._meter.limiterDb;
  }

  /** Samples and latent rows that were no numbers, since the start. */
  get nanCount() {
    return this._faults.count + this._voices.badRows;
  }

  /** Latents that a row was last decoded from, `[D]`. @param {number} row */
  latents(row) {
    return this._latents[row];
  }

  /** How many parts of work the next frame will be, to plan ahead. */
  get workAhead() {
    return this._voices.rowsAhead * (1 + this._stream.pieces);
  }

  /** All values that are set now, as JSON would have them; playheads begin where they are. */
  snapshot() {
    const values = Object.fromEntries(this.patch.values);
    const heads = this._voices.playheads;
    this.patch.members("playheads").forEach((name, k) => {
      values[`playheads.${name}.seeks`] = heads[k].seek?.token ?? 0;
      values[`playheads.${name}.start`] = heads[k].seek?.start ?? 0;
      values[`playheads.${name}.playing`] = heads[k].playing;
    });
    if (this._voices.base.clip) values["clip.running"] = this._voices.base.clip.running;
    for (const [address, value] of Object.entries(values)) {
      if (value === Number.POSITIVE_INFINITY) values[address] = "inf";
    }
    return values;
  }

  // --- what may change between two frames

  /** Back to a fresh engine's state, with all settings; playheads keep their places, the base clip begins anew. */
  restart() {
    this._stream.resize(1);
    this._stream.reset();
    this._voices.restart();
    this._gain.jump(this._gain.target);
    this._begin();
  }

  /**
   * Take changed values and assets before the next frame.
   * @param {import("../update.js").Update} update
   * @throws {Error} If something does not fit the codec or the rest of the patch; nothing is changed.
   */
  update(update) {
    const patch = this.patch.set(update.changes);
    const assets = new Map(this.assets);
    for (const [key, asset] of Object.entries(update.assets)) {
      if (asset) assets.set(key, asset);
      else assets.delete(key);
    }
    const { groups } = update;
    const changed = (/** @type {string[]} */ ...names) => names.some((name) => groups.has(name));
    const { mapping } = mappingAsset(assets, this.info);
    const settings = changed("latents", MAPPING) ? latentSettings(patch, assets, this.info) : null;
    const heads = changed("playheads", "paths") ? playheads(patch, assets, this.info) : null;
    const clip = changed("clip", "sounds") ? backingClip(patch, assets, this.info) : null;
    this.patch = patch;
    this.assets = assets;
    if (MAPPING in update.assets) this._setMapping(mapping);
    if (settings) this._voices.setLatents(settings);
    if (heads) this._setPlayheads(heads);
    if (changed("sounds") || CLIP.some((address) => address in update.changes)) this._setBase(clip);
    if ("clip.wet" in update.changes) this._voices.base.setWet(patch.get("clip.wet"));
  }

  /** @param {import("../../core/mapping.js").Mapping | null} mapping */
  _setMapping(mapping) {
    this.mapping = mapping ?? new ConstantMapping(2, new Float32Array(this.info.latentDim));
    this._hand = new Float32Array(this.mapping.controlDim);
    this.error = "";
    this._voices.glide();
  }

  /** @param {import("./playhead.js").Playhead[]} heads */
  _setPlayheads(heads) {
    this._voices.setPlayheads(heads);
    if (heads.some((head) => head.playing)) this._liftPanic();
  }

  /** @param {import("./clip_player.js").BackingClip | null} clip */
  _setBase(clip) {
    this._voices.base.set(clip);
    this._voices.glide();
    if (clip?.running) this._liftPanic();
  }

  /** Silence within 5 ms; until the hand lifts and touches again, or something is started anew. */
  panic() {
    this._mute.set(0);
    this._voices.panic(this._panicRamp);
  }

  _liftPanic() {
    if (!this._voices.panicked) return;
    this._voices.panicked = false;
    this._mute.set(1);
  }

  /**
   * Fade out within 5 ms, to be followed by as many frames as are returned, and then `restart`.
   * @returns {number}
   */
  beginFadeOut() {
    this._mute.set(0);
    return Math.ceil(this._panicRamp / this.info.ratio);
  }

  /** Take the hand as having been up: for a host that knows of an off and on between two frames. */
  retrigger() {
    this._voices.liftHand();
  }

  /**
   * Take a gain without a ramp, before anything sounds.
   * @param {number} gain
   */
  jumpGain(gain) {
    this._gain.jump(Math.max(0, gain));
  }

  // --- sound

  /**
   * Begin a frame.
   * @param {ArrayLike<number>} place The hand's, `[C]` in control units; what is missing is 0.
   * @param {number} gate 0 is closed; above it, up to 1, open at that level.
   * @param {number} gain Linear, 0 or more.
   * @param {Float32Array[]} audio Where its sound goes, `[A][ratio]`; at most -1 dBFS.
   */
  begin(place, gate, gain, audio) {
    for (let c = 0; c < this._hand.length; c++) this._hand[c] = c < place.length ? place[c] : 0;
    if (this._voices.steer(gate)) this._liftPanic();
    this._gain.set(Math.max(0, gain));
    this._rows = this._voices.openAndClose();
    this._audio = audio;
    this._done = this.ready = 0;
    this._failed = false;
    if (this._rows && this._rows !== this._stream.rows) this._stream.resize(this._rows);
  }

  /** Whether the frame that was begun is whole. */
  get whole() {
    return this.ready === this.info.ratio;
  }

  /** How many parts of work the frame that was begun is in all. */
  get parts() {
    return Math.max(1, this._rows * (1 + this._stream.pieces));
  }

  /** One part of the frame's work: first all rows' beginnings, then one piece after the other, of which each is `ready`. */
  work() {
    if (this.whole) return;
    if (!this._rows) {
      this._ringOn();
    } else if (this._failed) {
      this._die();
    } else {
      const row = this._done % this._rows;
      const round = Math.floor(this._done / this._rows);
      this._done++;
      this._decode(row, round - 1);
      if (row === this._rows - 1 && round > 0 && !this._failed) this._mix(round);
    }
    if (this.whole) this._end();
  }

  /**
   * A frame at once.
   * @param {ArrayLike<number>} place As for `begin`.
   * @param {number} gate As for `begin`.
   * @param {number} gain As for `begin`.
   * @param {Float32Array[]} audio As for `begin`.
   */
  render(place, gate, gain, audio) {
    this.begin(place, gate, gain, audio);
    while (!this.whole) this.work();
  }

  /**
   * @param {number} row
   * @param {number} piece -1 is the beginning.
   */
  _decode(row, piece) {
    try {
      const latents = this._latents[row];
      if (piece < 0) {
        this._voices.latents(row, this.mapping, this._hand, latents);
        this._stream.begin(row, latents);
      } else {
        this._stream.piece(row, piece, this._decoded[row]);
      }
    } catch (error) {
      this.error = String(error); // whatever a codec does, the sound's thread must live
      this._failed = true;
    }
  }

  /** All rows' sound of the next piece to one. @param {number} pieces That are there then. */
  _mix(pieces) {
    const from = this.ready;
    const to = (this.info.ratio * pieces) / this._stream.pieces;
    let faulty = false;
    for (let row = 0; row < this._rows; row++) faulty = this._faults.faulty(this._decoded[row], from, to) || faulty;
    if (faulty) {
      this.error = "the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared";
      this._stream.reset(); // a NaN in a decoder's memory would stay there for good
      this._failed = true;
      return;
    }
    const audio = this._audio;
    this._voices.mix(this._decoded, this._rows, audio, from, to);
    this._dc.process(audio, from, to);
    this._gain.process(audio, from, to);
    for (let a = 0; a < audio.length; a++) this._lastSample[a] = audio[a][to - 1];
    this._put(to);
  }

  /** What rings on after the gates have closed; the gain waits for the next sound. */
  _ringOn() {
    const audio = this._audio;
    const { ratio } = this.info;
    for (let a = 0; a < audio.length; a++) audio[a].fill(0);
    if (!this._dc.idle) {
      this._dc.process(audio, 0, ratio);
      const gain = Math.fround(this._gain.value);
      for (let a = 0; a < audio.length; a++) for (let i = 0; i < ratio; i++) audio[a][i] *= gain;
    }
    this._put(ratio);
  }

  /** Silence after a failure: the last sample dies away in 2 ms, and what comes next fades in. */
  _die() {
    const audio = this._audio;
    const { ratio, sampleRate } = this.info;
    this._goodFrames = 0;
    for (let a = 0; a < audio.length; a++) {
      for (let i = this.ready; i < ratio; i++) {
        const fade = Math.exp(-(i - this.ready + 1) / (DYING_SECONDS * sampleRate));
        audio[a][i] = fade > 1e-4 ? this._lastSample[a] * fade : 0;
      }
      this._lastSample[a] = audio[a][ratio - 1];
    }
    this._voices.closeAtOnce();
    this._dc.reset();
    this._put(ratio);
  }

  /** Past the limiter, up to a sample. @param {number} to */
  _put(to) {
    this._limiter.process(this._audio, this.ready, to);
    this._mute.process(this._audio, this.ready, to);
    this.ready = to;
  }

  /** The frame is whole. */
  _end() {
    if (this._rows && !this._failed) {
      this._stream.advance();
      this._goodFrames++;
      if (this._goodFrames > (HEALED_SECONDS * this.info.sampleRate) / this.info.ratio) this.error = "";
    }
    this._voices.advance();
    this.frames++;
    this._meter.take(this._audio, this._limiter.takeReductionDb());
  }
}
