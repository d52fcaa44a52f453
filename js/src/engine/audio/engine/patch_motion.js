// What is set of an engine, and what of it changes by itself from frame to frame.

import { CONTROL } from "../assets.js";
import { Patch } from "../patch.js";
import { BeatClock } from "./beat_clock.js";
import { ControlLead } from "./control_lead.js";
import { isThere, Movers } from "./movers.js";
import { PatchGlide } from "./patch_glide.js";
import { movers } from "./resolution.js";
import { Waiting } from "./waiting.js";

/** @typedef {Record<string, any>} Changes */

/** @type {Changes} */
const NOTHING = Object.freeze({});

/** @param {any} one @param {any} other */
const same = (one, other) =>
  Array.isArray(one) && Array.isArray(other)
    ? one.length === other.length && one.every((value, k) => value === other[k])
    : one === other;

/** A patch on its beats: glides to what is recalled, changes that wait for a beat, movers, and a hand that leads. */
export class PatchMotion {
  /**
   * @param {number} frameRate Latent frames per second.
   * @param {number} latentDim D.
   */
  constructor(frameRate, latentDim) {
    this._frameRate = frameRate;
    /** What is set, without what movers add and a hand that leads sets. */
    this.patch = new Patch();
    this._beats = new BeatClock(frameRate, this.patch.get("clock.tempo"));
    this._glide = new PatchGlide();
    this._waiting = new Waiting(this._beats);
    this._movers = new Movers(frameRate, latentDim);
    this._lead = new ControlLead();
    /** @type {Changes} */
    this._moved = {};
  }

  /** The patch as it sounds: with what movers added last, and the hand set that leads. */
  get sounding() {
    for (const _ in this._moved) return this.patch.set(this._moved);
    return this.patch;
  }

  /** Where beats, movers and the control map are at the next frame, as values of the patch. */
  get now() {
    return { ...this._movers.now, ...this._lead.now, "clock.start": this._beats.beats };
  }

  /** Whether what waits for a beat comes with the next frame. */
  get onBeat() {
    return this._waiting.onBeat;
  }

  /**
   * Take what an update sets. With a new number `glide.recalls` numbers glide there in `glide.seconds`, unless nothing
   * sounds.
   * @param {import("../update.js").Update} update
   * @param {boolean} silent
   * @returns {Changes} What of it changes at once.
   */
  take({ changes, assets }, silent) {
    if (CONTROL in assets) {
      const asset = assets[CONTROL];
      this._lead.use(asset && "control" in asset ? asset.control : null);
    }
    const now = this._waiting.part(changes, this.patch.set(changes), this.patch);
    let wanted = this.patch.set(now);
    const seconds = "glide.recalls" in changes && !silent ? wanted.get("glide.seconds") : 0;
    if (seconds > 0) wanted = this._glide.begin(this.patch, wanted, now, seconds * this._frameRate);
    else this._glide.leave(now);
    this.patch = wanted;
    this._follow(now);
    return now;
  }

  /** What changes where all that is on its way, or waits, is to be there at once. */
  finish() {
    return this._set({ ...this._glide.finish(), ...this._waiting.take() });
  }

  /** Movers begin from rest, at their phases. @returns {Changes} What is thereby no longer moved. */
  restart() {
    this._movers.restart();
    this._lead.restart();
    const moved = this._moved;
    this._moved = {};
    return Object.fromEntries(Object.keys(moved).map((address) => [address, this.patch.get(address)]));
  }

  /** What the next frame sets that glides there, or has waited for it. @returns {Changes} */
  step() {
    if (!this._glide.active && !this._waiting.due) return NOTHING;
    const changes = this._glide.active ? this._glide.step() : {};
    return this._set(this._waiting.due ? { ...changes, ...this._waiting.take() } : changes);
  }

  /**
   * What movers, and the hand that leads, change with the next frame, and what they have left.
   * @param {number} heard Level of what is heard in it, from 0 to 1.
   * @param {ArrayLike<number>} place Where the first hand is in it.
   * @param {boolean} down Whether it is down.
   * @returns {Changes}
   */
  move(heard, place, down) {
    const before = this._moved;
    let any = this._movers.active || this._lead.active;
    for (const _ in before) any = true;
    if (!any) return NOTHING;
    this._moved = { ...this._lead.step(place, down), ...this._movers.step(this.patch, heard) };
    /** @type {Changes} */
    const changes = {};
    for (const address in before) if (!(address in this._moved)) changes[address] = this.patch.get(address);
    for (const address in this._moved) {
      if (!same(before[address], this._moved[address])) changes[address] = this._moved[address];
    }
    return changes;
  }

  /** A frame has gone by. */
  advance() {
    this._beats.advance();
  }

  /** @param {Changes} changes */
  _set(changes) {
    this.patch = this.patch.set(changes);
    this._follow(changes);
    return changes;
  }

  /** @param {Changes} changes */
  _follow(changes) {
    for (const address in this._moved) if (!isThere(this.patch, address)) delete this._moved[address];
    const touched = (/** @type {string} */ group) => Object.keys(changes).some((a) => a.startsWith(`${group}.`));
    if (touched("clock")) {
      this._beats.configure(this.patch.get("clock.tempo"));
      if ((changes["clock.start"] ?? null) !== null) this._beats.place(this.patch.get("clock.start"));
    }
    if (touched("control")) this._lead.follow(this.patch, changes);
    if (touched("clock") || touched("movers") || "modulators.triggers" in changes) {
      this._movers.follow(movers(this.patch), changes);
    }
  }
}
