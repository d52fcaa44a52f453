// The engine: places in, sound out, one latent frame after the other. The Python package's engine is its reference.

import { ConstantMapping } from "../../core/mapping.js";
import { merged, WEIGHTS } from "../assets.js";
import { Update } from "../update.js";
import { Decoder } from "./decoder.js";
import { Modulators } from "./latents/modulators.js";
import { OutputChain } from "./output/output_chain.js";
import { PatchMotion } from "./patch_motion.js";
import * as resolution from "./resolution.js";
import { snapshotOf } from "./snapshot.js";
import { Hands } from "./sources/hands.js";
import { Transports } from "./transports.js";
import { Voices } from "./voices.js";

/** @typedef {import("./sources/hand.js").HandFrame} HandFrame */

const RAMP_SECONDS = 0.03;
const HEALED_SECONDS = 2;
const CLIP = ["clip.sound", "clip.modes", "clip.loop", "clip.running"];
/** @type {HandFrame[]} */
const NO_FINGERS = [];

/**
 * Sources → mapping → latent chain → decoder → output chain, on one clock.
 *
 * Hands, whose places come with every frame, and playheads are sources; each has a voice, which is a row of the decoder.
 * Under the first hand a clip may run. A frame is made by `begin` and calls of `work` until it is `whole`; or by `render`
 * at once.
 */
export class Engine {
  /** @param {import("../../codecs/base.js").Codec} codec What decodes. */
  constructor(codec) {
    const { info } = codec;
    this.info = info;
    const ramp = Math.max(1, Math.round(RAMP_SECONDS * info.sampleRate));
    this.decoder = new Decoder(codec);
    /** @type {Map<string, import("../assets.js").Asset>} */
    this.assets = new Map();
    /** @type {import("../../core/mapping.js").Mapping} */
    this.mapping = new ConstantMapping(2, new Float32Array(info.latentDim));
    this._frameRate = info.sampleRate / info.ratio;
    /** What is set, and changes by itself. */
    this.motion = new PatchMotion(this._frameRate, info.latentDim);
    this._modulators = new Modulators(resolution.modulatorSettings(this.patch, info), this._frameRate);
    this._voices = new Voices(info, ramp, resolution.latentSettings(this.patch, this.assets, info), this.patch);
    this._hands = new Hands(info, ramp);
    for (const source of this._hands.sources) this._voices.add(source);
    this._transports = new Transports(this._voices);
    this._output = new OutputChain(info, ramp);
    /** @type {Float32Array[]} */
    this._audio = [];
    /** Text of the newest exception of the codec or the mapping, or an empty one. Such a frame is muted. */
    this.error = "";
    /** Latent frames rendered since the start. */
    this.frames = 0;
    /** Whose place counts as the one that sounded in the last whole frame. @type {import("./voice.js").Voice | null} */
    this.heard = null;
    this._goodFrames = this._rows = 0;
    this._done = 0; // parts of the frame's work
    this._failed = false;
    /** Samples of the frame that are there. */
    this.ready = info.ratio;
  }

  _begin() {
    this.error = "";
    this.frames = this._goodFrames = this._rows = this._done = 0;
    this._failed = false;
    this.ready = this.info.ratio;
  }

  // --- what there is to see

  /** What is set. */
  get patch() {
    return this.motion.patch;
  }

  /** Samples by which the output chain holds the sound back. */
  get delay() {
    return this._output.delay;
  }

  /** Where each playhead is, in points of its path; -1 for one that does not sound. */
  get positions() {
    return this._transports.positions;
  }

  /** Panic keeps all silent. */
  get panicked() {
    return this._voices.panicked;
  }

  /** Whether that hand's own voice sounds, or still fades out. @param {number} hand */
  handSounds(hand = 0) {
    return this._voices.of(this._hands.sources[hand])?.active === true;
  }

  /** Nothing sounds any more and nothing is left inside. */
  get silent() {
    return this._voices.silent && this._output.idle;
  }

  get meter() {
    return this._output.meter;
  }

  /** Samples and latent rows that were no numbers, since the start. */
  get nanCount() {
    return this.decoder.badSamples + this._voices.badRows;
  }

  /** Latents that a row was last decoded from, `[D]`. @param {number} row */
  latents(row) {
    return this.decoder.latents[row];
  }

  /** Into how many parts the work of a row is cut. */
  get partsOfRow() {
    return 1 + this.decoder.pieces;
  }

  /** How many parts of work the next frame will be, to plan ahead. */
  get workAhead() {
    return this._voices.rowsAhead * this.partsOfRow;
  }

  /** Where each latent's modulator is. */
  get phases() {
    return this._modulators.phases;
  }

  /** All values that are set now, as JSON would have them; what moves goes on from here. */
  snapshot() {
    const moving = { ...this.motion.now, "modulators.start": this._modulators.phases };
    return snapshotOf(this.patch, moving, this._transports.now, this._hands.clip.clip);
  }

  // --- what may change between two frames

  /** Back to a fresh engine's state, with all settings; playheads keep their places, the base clip begins anew. */
  restart() {
    this._go(this.motion.finish());
    this._move(this.motion.restart());
    this.decoder.restart();
    this._modulators.restart();
    this._voices.restart();
    this._output.reset();
    this._begin();
  }

  /**
   * Take changed values and assets before the next frame.
   * @param {import("../update.js").Update} update
   * @throws {Error} If something does not fit the codec or the rest of the patch; nothing is changed.
   */
  update(update) {
    const patch = this.patch.set(update.changes);
    const assets = merged(this.assets, update.assets);
    resolution.resolved(patch, assets, this.info, update.groups); // says what does not fit
    this.assets = assets;
    this._follow(new Update(this.motion.take(update, this._voices.silent), update.assets));
  }

  /** What was checked when it was set comes now. @param {Record<string, any>} changes */
  _go(changes) {
    for (const _ in changes) return this._follow(new Update(changes));
  }

  /** What movers change; they neither start nor stop anything. @param {Record<string, any>} changes */
  _move(changes) {
    /** @type {Record<string, any>} */ const own = {};
    let heads = false;
    for (const address in changes) {
      if (address.startsWith("playheads.")) heads = true;
      else own[address] = changes[address];
    }
    if (heads) this._transports.move(resolution.playheads(this.motion.sounding, this.assets, this.info));
    this._go(own);
  }

  /** @param {import("../update.js").Update} update */
  _follow(update) {
    const [{ assets }, { groups }, patch] = [this, update, this.motion.sounding];
    const resolved = resolution.resolved(patch, assets, this.info, groups);
    const { mapping, remapped, settings, movement, heads, clip } = resolved;
    this._voices.configure(patch, groups);
    this.decoder.configure(patch, groups);
    const bends = groups.has("bend") || groups.has(WEIGHTS);
    if (bends) this.decoder.bend(resolution.bentWeights(assets), patch, resolution.layersChanged(update.assets));
    if (remapped) {
      this.mapping = mapping ?? new ConstantMapping(2, new Float32Array(this.info.latentDim));
      this.error = "";
    }
    if (settings) this._voices.setLatents(settings);
    if (movement) this._modulators.follow(movement, update.changes);
    if (heads) this._transports.set(heads); // the k-th goes on from where the k-th was
    const clips = groups.has("sounds") || CLIP.some((address) => address in update.changes);
    if (clips) this._hands.clip.set(clip);
    if (clips || remapped) this._voices.leadOver();
    if (heads?.some((head) => head.playing) || (clips && clip?.running)) this._liftPanic();
    if ("clip.wet" in update.changes) this._hands.clip.setWet(patch.get("clip.wet"));
    if ("hand.offset" in update.changes) this._hands.wander(patch.get("hand.offset"));
    if ("output.level" in update.changes) this._output.setLevel(patch.get("output.level"));
  }

  /** Silence within 5 ms; until a hand lifts and touches again, or something is started again. */
  panic() {
    this._go(this.motion.finish());
    this._output.mute.set(0);
    this._voices.panic(this._output.mute.rampSamples);
  }

  _liftPanic() {
    if (!this._voices.panicked) return;
    this._voices.panicked = false;
    this._output.mute.set(1);
  }

  /**
   * Fade out within 5 ms, to be followed by as many frames as are returned, and then `restart`.
   * @returns {number}
   */
  beginFadeOut() {
    this._output.mute.set(0);
    return Math.ceil(this._output.mute.rampSamples / this.info.ratio);
  }

  /** Take a hand as having been up: for a host that knows of an off and on between two frames. @param {number} hand */
  retrigger(hand = 0) {
    this._hands.retrigger(hand);
  }

  /** Take a gain without a ramp, before anything sounds. @param {number} gain */
  jumpGain(gain) {
    this._output.setGain(gain);
    this._output.gain.jump(this._output.gain.target);
  }

  // --- sound

  /**
   * Begin a frame.
   * @param {ArrayLike<number>} place The first hand's, `[C]` in control units; what is missing is 0.
   * @param {number} gate 0 is closed; above it, up to 1, open at that level.
   * @param {number} gain Linear, 0 or more.
   * @param {Float32Array[]} audio Where its sound goes, `[A][ratio]`; at most -1 dBFS.
   * @param {(HandFrame | undefined)[]} fingers What the other hands do, by number from 1; those left out are up.
   * @param {import("./sources/clip.js").Heard | null} heard What is heard, where `clip.sound` is `live`.
   */
  begin(place, gate, gain, audio, fingers = NO_FINGERS, heard = null) {
    this._hands.clip.hear(heard);
    if (this._hands.take(place, gate, fingers)) this._liftPanic();
    this._output.setGain(gain);
    this._go(this.motion.step());
    this._move(this.motion.move(heard?.level ?? 0, place, gate > 0));
    this._rows = this._voices.openAndClose();
    this._modulators.advance(heard?.level ?? 0);
    this._audio = audio;
    this._done = this.ready = 0;
    this._failed = false;
    if (this._rows) this.decoder.resize(this._rows);
  }

  /** Whether the frame that was begun is whole. */
  get whole() {
    return this.ready === this.info.ratio;
  }

  /** How many parts of work the frame that was begun is in all. */
  get parts() {
    return Math.max(1, this._rows * this.partsOfRow);
  }

  /** One part of the frame's work: first all rows' beginnings, then one piece after the other, of which each is `ready`. */
  work() {
    if (this.whole) return;
    if (!this._rows) {
      this._output.ringOut(this._audio);
      this.ready = this.info.ratio;
    } else if (this._failed) {
      this._goodFrames = 0;
      this._voices.closeAtOnce();
      this._output.dieAway(this._audio, this.ready);
      this.ready = this.info.ratio;
    } else {
      const row = this._done % this._rows;
      const round = Math.floor(this._done++ / this._rows);
      this._decode(row, round - 1);
      if (row === this._rows - 1 && round > 0 && !this._failed) this._mix(round);
    }
    if (this.whole) this._end();
  }

  /**
   * A frame at once.
   * @param {Parameters<Engine["begin"]>} wanted As for `begin`.
   */
  render(...wanted) {
    this.begin(...wanted);
    while (!this.whole) this.work();
  }

  /**
   * @param {number} row
   * @param {number} piece -1 is the beginning.
   */
  _decode(row, piece) {
    try {
      if (piece < 0) {
        this._voices.latents(row, this.mapping, this._modulators, this.decoder.latents[row]);
        this.decoder.begin(row);
      } else {
        this.decoder.piece(row, piece);
      }
    } catch (error) {
      this.error = String(error); // whatever a codec does, the sound's thread must live
      this._failed = true;
    }
  }

  /** All rows' sound of the next piece to one. @param {number} pieces That are there then. */
  _mix(pieces) {
    const from = this.ready;
    const to = (this.info.ratio * pieces) / this.decoder.pieces;
    const fault = this.decoder.fault(this._rows, from, to);
    if (fault) {
      this.error = fault;
      this._failed = true;
      return;
    }
    this._voices.mix(this.decoder.decoded, this._rows, this._audio, from, to);
    this._output.process(this._audio, from, to);
    this.ready = to;
  }

  /** The frame is whole. */
  _end() {
    if (this._rows && !this._failed) {
      this.decoder.advance();
      if (++this._goodFrames > HEALED_SECONDS * this._frameRate) this.error = "";
    }
    this.heard = this._rows && !this._failed ? this._voices.speaker(this._hands, this._transports.all) : null;
    this._voices.advance();
    this.motion.advance();
    this.frames++;
    this._output.measure(this._audio);
  }
}
