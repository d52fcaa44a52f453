// A tour of some steps: which one is shown, and whether this browser has seen it. It knows no page.

const SEEN = "terrain_widgets.tour";

/** @typedef {Pick<Storage, "getItem" | "setItem">} Memory */

export class Tour {
  /** @param {number} steps @param {() => Memory} memory may fail where pages have none */
  constructor(steps, memory) {
    this.steps = steps;
    this.memory = memory;
    this.at = -1; // none
  }

  get on() {
    return this.at >= 0;
  }

  get last() {
    return this.at === this.steps - 1;
  }

  /** Whether it was left before, in this browser. */
  get seen() {
    try {
      return this.memory().getItem(SEEN) !== null;
    } catch {
      return true; // or it would come each time
    }
  }

  begin() {
    this.at = 0;
  }

  back() {
    this.at = Math.max(0, this.at - 1);
  }

  /** On to the next step, and after the last one out. */
  next() {
    if (this.last) this.leave();
    else this.at += 1;
  }

  /** Past steps that are done already, never back; out, once all are. @param {number} done */
  pass(done) {
    if (!this.on) return;
    if (done >= this.steps) this.leave();
    else this.at = Math.max(this.at, done);
  }

  leave() {
    this.at = -1;
    try {
      this.memory().setItem(SEEN, "left");
    } catch {
      // then it comes again
    }
  }
}
