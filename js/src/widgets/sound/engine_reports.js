// What an engine in this page tells the kernel of itself: as often as its pictures follow, and no more.

import { KernelAnswers } from "../../shared/kernel_answers.js";

const TELL_MS = 95; // between two reports: planes draw where playheads are ten times a second
const HEAVY_MS = 6000; // other programs may want the machine for a moment
const PAUSED_MS = 2000; // without a report: the machine slept, or the browser paused the sound
const HEAVY_SHARE = 0.6; // of the sound that should have been made; below it too much is missing
const OWN_SHARE = 1; // of the sound's time that its making alone takes; above it the machine cannot

/** @typedef {import("../../shared/protocol.js").EngineToKernel} ToKernel */

export class EngineReports {
  constructor() {
    this.kernel = new KernelAnswers();
    /** The newest. @type {any} */
    this.newest = null;
    this._told = -Infinity; // milliseconds
    this._toldSilent = true;
    this._before = 0; // seconds that engines have made which the newest has followed
    /** What was made until when. @type {[number, number][]} milliseconds, seconds */
    this._made = [];
  }

  /** The sound is turned on. */
  clear() {
    this.newest = null;
    this._before = 0;
    this.judgeAnew();
  }

  /** Whether it is too slow is found out from now on. */
  judgeAnew() {
    this._made = [];
  }

  /**
   * A report of the engine.
   * @param {any} report
   * @param {number} now milliseconds
   * @returns {Extract<ToKernel, { type: "heard" }> | null} What the kernel should hear of it now.
   */
  take(report, now) {
    const made = this.newest?.seconds ?? 0;
    if (report.seconds < made) this._before += made; // another engine has followed, and counts from 0
    this.newest = report;
    const last = this._made[this._made.length - 1];
    if (last && now - last[0] > PAUSED_MS) this._made = [];
    this._made.push([now, this._before + report.seconds]);
    while (this._made.length > 2 && now - this._made[1][0] > HEAVY_MS) this._made.shift();
    const sounds = !report.silent || report.recordedSeconds > 0;
    if (report.silent === this._toldSilent && !(sounds && now - this._told >= TELL_MS)) return null;
    this._told = now;
    this._toldSilent = report.silent;
    return {
      type: "heard",
      frames: report.frames,
      peak_db: report.peakDb,
      rms_db: report.rmsDb,
      limiter_db: report.limiterDb,
      nan_count: report.nanCount,
      silent: report.silent,
      error: report.error,
      recorded_seconds: report.recordedSeconds,
      positions: report.positions,
      place: report.place,
      latents: report.latents,
      ask: this.kernel.ask(now),
    };
  }

  /**
   * Whether this machine makes the sound too slowly to go on: too little of it was made, and that is because of the work
   * itself. Where other programs want the machine, the kernel would have it no better.
   */
  get tooSlow() {
    const [first, last] = [this._made[0], this._made[this._made.length - 1]];
    if (!first || last[0] - first[0] < HEAVY_MS || !(this.newest.ownShare > OWN_SHARE)) return false;
    return last[1] - first[1] < (HEAVY_SHARE * (last[0] - first[0])) / 1000;
  }
}
