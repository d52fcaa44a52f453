// Panic, between the page that was silenced at once and an engine that hears of it later.

export class PanicLatch {
  /** Whether all is silent until something is touched again. */
  silent = false;
  engine = 0; // panics of the engine, when its stream started
  unanswered = -1; // that number when panic was pressed here, until the engine has seen it

  /** Panic is pressed. @param {boolean} here whether this page plays */
  press(here) {
    this.silent = true;
    if (here) this.unanswered = this.engine;
  }

  /** Another engine, which counts from the beginning, or another speaker. */
  forget() {
    this.unanswered = -1;
  }

  /** The sound is turned on. */
  lift() {
    this.silent = false;
  }

  /**
   * A stream starts; one that the engine began before it heard of a panic must not undo it.
   * @param {number} panics that the engine has seen
   * @returns {boolean} whether it must be muted
   */
  started(panics) {
    if (panics < this.engine) this.forget(); // counts only grow: another engine, which was not there when panic was pressed
    this.engine = panics;
    const stale = this.unanswered >= 0 && panics <= this.unanswered;
    if (!stale) this.unanswered = -1;
    return stale;
  }

  /** The engine says that it has panicked. */
  answered() {
    this.unanswered = -1;
  }

  /**
   * The audio thread reports. Just after a panic it may still tell of the sound before; a mute report, or one of the
   * next stream, does not.
   * @param {{ state: string, peak: number, stream: number }} report
   * @param {{ peak: number, stream: number } | null} before the report before
   */
  reported(report, before) {
    if (report.state === "muted") this.silent = true;
    else if (report.peak > 0 && (report.stream !== before?.stream || before.peak === 0)) this.silent = false;
  }
}
