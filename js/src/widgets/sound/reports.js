// What the audio thread reports: the newest, what the kernel has not heard of, and what the panel shows of it.

/** @typedef {import("../../audio/stream_player.js").Report} Report */

// Whatever is sent to a kernel makes it busy for a moment, and JupyterLab then redraws all its signs of that: so of the
// worklet's ten reports a second the kernel hears three, or at once what it must hear. By its own line an engine hears all.
const TOLD_TOGETHER = 3;
const JUMP_SECONDS = 0.05;
const SMOOTH = 0.2; // part of a report in what is shown: settles in half a second
const STALL_SECONDS = 0.05;

export class Reports {
  /** @type {Report | null} */ newest = null;
  /** @type {Report | null} */ told = null;
  /** @type {Report[]} */ untold = [];
  buffered = 0; // seconds, smoothed for the eye
  stalledAt = 0; // when the sound last stood still, in milliseconds; 0 for never
  stalledSeen = 0;

  /** Another speaker. */
  clear() {
    this.newest = this.told = null;
    this.untold = [];
  }

  /** A new start: what stood still before is forgotten. */
  forgive() {
    this.stalledSeen = this.stalledAt = 0;
  }

  /** @param {Report} report @param {number} now milliseconds */
  take(report, now) {
    const before = this.newest;
    const stood = report.stalled > this.stalledSeen + STALL_SECONDS || report.underruns > (before?.underruns ?? 0);
    if (stood) this.stalledAt = now;
    this.stalledSeen = report.stalled;
    const mean = report.mean / report.rate;
    this.buffered += (before?.stream === report.stream ? SMOOTH : 1) * (mean - this.buffered);
    this.newest = report;
    this.untold.push(report);
  }

  /** Whether the kernel wants to hear now. */
  get due() {
    const { newest: report, told } = this;
    if (!report) return false;
    return (
      this.untold.length >= TOLD_TOGETHER ||
      !told ||
      told.stream !== report.stream ||
      told.state !== report.state ||
      told.underruns !== report.underruns ||
      told.peak > 0 !== report.peak > 0 ||
      Math.abs(told.mean - report.mean) > JUMP_SECONDS * report.rate
    );
  }

  /**
   * The newest report for all since the last that was told, with what is true of the page now.
   * @param {Partial<Report>} facts
   * @returns {Report | null}
   */
  tell(facts) {
    const { newest } = this;
    if (!newest) return null;
    const since = [...this.untold.filter(({ stream }) => stream === newest.stream), newest];
    this.untold = [];
    this.told = {
      ...newest,
      mean: since.reduce((sum, each) => sum + each.mean, 0) / since.length,
      lowest: Math.min(...since.map((each) => each.lowest)),
      peak: Math.max(...since.map((each) => each.peak)),
      ...facts,
    };
    return this.told;
  }
}
