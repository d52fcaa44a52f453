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
 * made by `begin`, as many calls of `work` as it asks for, and `finish`; or by `render` at once.
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
    this._rows = 0;
    this._done = 0;
    this._failed = false;
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

  /** Parts of work that the next frame will take, to plan ahead. */
  get workAhead() {
    return this._voices.rowsAhead * this._stream.parts;
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
   */
  begin(place, gate, gain) {
    for (let c = 0; c < this._hand.length; c++) this._hand[c] = c < place.length ? place[c] : 0;
    if (this._voices.steer(gate)) this._liftPanic();
    this._gain.set(Math.max(0, gain));
    this._rows = this._voices.openAndClose();
    this._done = 0;
    this._failed = false;
    if (this._rows && this._rows !== this._stream.rows) this._stream.resize(this._rows);
  }

  /** Parts of work that are left before `finish`. */
  get left() {
    return this._failed ? 0 : this._rows * this._stream.parts - this._done;
  }

  /** One part of the frame's work. */
  work() {
    if (this.left <= 0) return;
    const { parts } = this._stream;
    const row = Math.floor(this._done / parts);
    const part = this._done % parts;
    this._done++;
    try {
      const latents = this._latents[row];
      if (part === 0) this._voices.latents(row, this.mapping, this._hand, latents);
      this._stream.decode(row, part, latents, this._decoded[row]);
    } catch (error) {
      this.error = String(error); // whatever a codec does, the sound's thread must live
      this._failed = true;
    }
  }

  /**
   * The frame's sound, at most -1 dBFS.
   * @param {Float32Array[]} audio Is filled, `[A][ratio]`.
   */
  finish(audio) {
    if (this._rows) this._mix(audio);
    else this._ringOn(audio);
    this._voices.advance();
    this.frames++;
    this._limiter.process(audio);
    this._mute.process(audio);
    this._meter.take(audio, this._limiter.takeReductionDb());
  }

  /**
   * A frame at once.
   * @param {ArrayLike<number>} place As for `begin`.
   * @param {number} gate As for `begin`.
   * @param {number} gain As for `begin`.
   * @param {Float32Array[]} audio Is filled, `[A][ratio]`.
   */
  render(place, gate, gain, audio) {
    this.begin(place, gate, gain);
    while (this.left > 0) this.work();
    this.finish(audio);
  }

  /** @param {Float32Array[]} audio */
  _mix(audio) {
    if (!this._failed) {
      this._stream.advance();
      let faulty = false;
      for (let row = 0; row < this._rows; row++) faulty = this._faults.faulty(this._decoded[row]) || faulty;
      if (faulty) {
        this.error = "the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared";
        this._stream.reset(); // a NaN in a decoder's memory would stay there for good
        this._failed = true;
      }
    }
    if (this._failed) {
      this._die(audio);
      return;
    }
    this._goodFrames++;
    if (this._goodFrames > (HEALED_SECONDS * this.info.sampleRate) / this.info.ratio) this.error = "";
    this._voices.mix(this._decoded, this._rows, audio);
    this._dc.process(audio);
    this._gain.process(audio);
    for (let a = 0; a < audio.length; a++) this._lastSample[a] = audio[a][audio[a].length - 1];
  }

  /** What rings on after the gates have closed; the gain waits for the next sound. @param {Float32Array[]} audio */
  _ringOn(audio) {
    for (let a = 0; a < audio.length; a++) audio[a].fill(0);
    if (this._dc.idle) return;
    this._dc.process(audio);
    const gain = Math.fround(this._gain.value);
    for (let a = 0; a < audio.length; a++) for (let i = 0; i < audio[a].length; i++) audio[a][i] *= gain;
  }

  /** Silence after a failure: the last sample dies away in 2 ms, and what comes next fades in. @param {Float32Array[]} audio */
  _die(audio) {
    this._goodFrames = 0;
    for (let a = 0; a < audio.length; a++) {
      for (let i = 0; i < audio[a].length; i++) {
        const fade = Math.exp(-(i + 1) / (DYING_SECONDS * this.info.sampleRate));
        audio[a][i] = fade > 1e-4 ? this._lastSample[a] * fade : 0;
      }
      this._lastSample[a] = audio[a][audio[a].length - 1];
    }
    this._voices.closeAtOnce();
    this._dc.reset();
  }
}
