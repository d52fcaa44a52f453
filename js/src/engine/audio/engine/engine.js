// The engine: places in, sound out, one latent frame after the other. The Python package's engine is its reference.

import { ConstantMapping } from "../../core/mapping.js";
import { MAPPING, WEIGHTS } from "../assets.js";
import { Patch } from "../patch.js";
import { Decoder } from "./decoder.js";
import { Modulators } from "./latents/modulators.js";
import { OutputChain } from "./output/output_chain.js";
import * as resolution from "./resolution.js";
import { snapshotOf } from "./snapshot.js";
import { Hands } from "./sources/hands.js";
import { Transport } from "./sources/playhead.js";
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
    this._decoder = new Decoder(codec);
    this.patch = new Patch();
    /** @type {Map<string, import("../assets.js").Asset>} */
    this.assets = new Map();
    /** @type {import("../../core/mapping.js").Mapping} */
    this.mapping = new ConstantMapping(2, new Float32Array(info.latentDim));
    this._modulators = new Modulators(resolution.modulatorSettings(this.patch, info), info.sampleRate / info.ratio);
    this._voices = new Voices(info, ramp, resolution.latentSettings(this.patch, this.assets, info), this.patch);
    this._hands = new Hands(info, ramp);
    for (const source of this._hands.sources) this._voices.add(source);
    /** @type {Transport[]} */
    this._transports = [];
    this._output = new OutputChain(info, ramp);
    /** @type {Float32Array[]} */
    this._audio = [];
    /** Text of the newest exception of the codec or the mapping, or an empty one. Such a frame is muted. */
    this.error = "";
    /** Latent frames rendered since the start. */
    this.frames = 0;
    /** Whose place counts as the one that sounded in the last whole frame. @type {import("./voice.js").Voice | null} */
    this.heard = null;
    this._goodFrames = 0;
    this._rows = 0;
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

  /** Samples by which the output chain holds the sound back. */
  get delay() {
    return this._output.delay;
  }

  /** How many playheads there are. */
  get playheadCount() {
    return this._transports.length;
  }

  /**
   * Where a playhead is, in points of its path; -1 if it does not sound.
   * @param {number} k
   */
  position(k) {
    return this._voices.of(this._transports[k])?.active ? this._transports[k].position : -1;
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
    return this._decoder.badSamples + this._voices.badRows;
  }

  /** Latents that a row was last decoded from, `[D]`. @param {number} row */
  latents(row) {
    return this._decoder.latents[row];
  }

  /** Into how many parts the work of a row is cut. */
  get partsOfRow() {
    return 1 + this._decoder.pieces;
  }

  /** How many parts of work the next frame will be, to plan ahead. */
  get workAhead() {
    return this._voices.rowsAhead * this.partsOfRow;
  }

  /** All values that are set now, as JSON would have them; what moves goes on from here. */
  snapshot() {
    const phases = Array.from({ length: this.info.latentDim }, (_, d) => this._modulators.phase(d));
    const heads = this._transports.map((transport) => transport.now);
    return snapshotOf(this.patch, phases, heads, this._hands.clip.clip);
  }

  // --- what may change between two frames

  /** Back to a fresh engine's state, with all settings; playheads keep their places, the base clip begins anew. */
  restart() {
    this._decoder.restart();
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
    const assets = new Map(this.assets);
    for (const [key, asset] of Object.entries(update.assets)) {
      if (asset) assets.set(key, asset);
      else assets.delete(key);
    }
    const { groups } = update;
    const changed = (/** @type {string[]} */ ...names) => names.some((name) => groups.has(name));
    const { mapping } = resolution.mappingAsset(assets, this.info);
    const settings = changed("latents", MAPPING) ? resolution.latentSettings(patch, assets, this.info) : null;
    const movement = changed("modulators", "clock") ? resolution.modulatorSettings(patch, this.info) : null;
    const heads = changed("playheads", "paths") ? resolution.playheads(patch, assets, this.info) : null;
    const clip = changed("clip", "sounds") ? resolution.backingClip(patch, assets, this.info) : null;
    this.patch = patch;
    this.assets = assets;
    this._voices.configure(patch, groups);
    this._decoder.configure(patch, groups);
    if (changed("bend", WEIGHTS)) this._decoder.bend(resolution.bentWeights(assets), patch.get("bend.amount"));
    if (MAPPING in update.assets) this._setMapping(mapping);
    if (settings) this._voices.setLatents(settings);
    if (movement) this._modulators.follow(movement, update.changes);
    if (heads) this._setPlayheads(heads);
    if (changed("sounds") || CLIP.some((address) => address in update.changes)) this._setBase(clip);
    if ("clip.wet" in update.changes) this._hands.clip.setWet(patch.get("clip.wet"));
  }

  /** @param {import("../../core/mapping.js").Mapping | null} mapping */
  _setMapping(mapping) {
    this.mapping = mapping ?? new ConstantMapping(2, new Float32Array(this.info.latentDim));
    this.error = "";
    this._voices.leadOver();
  }

  /** @param {import("./sources/playhead.js").Playhead[]} heads The k-th goes on from where the k-th was. */
  _setPlayheads(heads) {
    const kept = this._transports.slice(0, heads.length);
    kept.forEach((transport, k) => {
      if (transport.take(heads[k])) this._voices.of(transport)?.leadOver();
    });
    for (const transport of this._transports.slice(heads.length)) this._voices.remove(transport);
    const added = heads.slice(kept.length).map((head) => new Transport(head));
    this._transports = [...kept, ...added];
    for (const transport of added) this._voices.add(transport);
    if (heads.some((head) => head.playing)) this._liftPanic();
  }

  /** @param {import("./sources/clip.js").BackingClip | null} clip */
  _setBase(clip) {
    this._hands.clip.set(clip);
    this._voices.leadOver();
    if (clip?.running) this._liftPanic();
  }

  /** Silence within 5 ms; until a hand lifts and touches again, or something is started again. */
  panic() {
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
    this._output.gain.jump(Math.max(0, gain));
  }

  // --- sound

  /**
   * Begin a frame.
   * @param {ArrayLike<number>} place The first hand's, `[C]` in control units; what is missing is 0.
   * @param {number} gate 0 is closed; above it, up to 1, open at that level.
   * @param {number} gain Linear, 0 or more.
   * @param {Float32Array[]} audio Where its sound goes, `[A][ratio]`; at most -1 dBFS.
   * @param {(HandFrame | undefined)[]} fingers What the other hands do, by number from 1; those left out are up.
   */
  begin(place, gate, gain, audio, fingers = NO_FINGERS) {
    if (this._hands.take(place, gate, fingers)) this._liftPanic();
    this._output.gain.set(Math.max(0, gain));
    this._rows = this._voices.openAndClose();
    this._modulators.advance();
    this._audio = audio;
    this._done = this.ready = 0;
    this._failed = false;
    if (this._rows) this._decoder.resize(this._rows);
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
   * @param {ArrayLike<number>} place As for `begin`.
   * @param {number} gate As for `begin`.
   * @param {number} gain As for `begin`.
   * @param {Float32Array[]} audio As for `begin`.
   * @param {(HandFrame | undefined)[]} fingers As for `begin`.
   */
  render(place, gate, gain, audio, fingers = NO_FINGERS) {
    this.begin(place, gate, gain, audio, fingers);
    while (!this.whole) this.work();
  }

  /**
   * @param {number} row
   * @param {number} piece -1 is the beginning.
   */
  _decode(row, piece) {
    try {
      if (piece < 0) {
        this._voices.latents(row, this.mapping, this._modulators, this._decoder.latents[row]);
        this._decoder.begin(row);
      } else {
        this._decoder.piece(row, piece);
      }
    } catch (error) {
      this.error = String(error); // whatever a codec does, the sound's thread must live
      this._failed = true;
    }
  }

  /** All rows' sound of the next piece to one. @param {number} pieces That are there then. */
  _mix(pieces) {
    const from = this.ready;
    const to = (this.info.ratio * pieces) / this._decoder.pieces;
    const fault = this._decoder.fault(this._rows, from, to);
    if (fault) {
      this.error = fault;
      this._failed = true;
      return;
    }
    this._voices.mix(this._decoder.decoded, this._rows, this._audio, from, to);
    this._output.process(this._audio, from, to);
    this.ready = to;
  }

  /** The frame is whole. */
  _end() {
    if (this._rows && !this._failed) {
      this._decoder.advance();
      this._goodFrames++;
      if (this._goodFrames > (HEALED_SECONDS * this.info.sampleRate) / this.info.ratio) this.error = "";
    }
    this.heard = this._rows && !this._failed ? this._voices.speaker(this._hands, this._transports) : null;
    this._voices.advance();
    this.frames++;
    this._output.measure(this._audio);
  }
}
