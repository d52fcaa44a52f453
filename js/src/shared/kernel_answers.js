// Whether the kernel answers: it is asked now and then, along with something that it is told anyway.

const ASK_MS = 1000;
const PATIENCE_MS = 3000; // for so long a kernel is busy with every cell

/** The sentence for a page that needs none. */
export const DEAF = "The kernel does not answer; the sound is made in this page and goes on.";

export class KernelAnswers {
  constructor() {
    this._asked = -Infinity; // milliseconds
    this._waiting = false;
    this._lost = false;
  }

  /** Whether it is known to be gone, or another than the page's. @param {boolean} lost @returns {boolean} whether that is news */
  lose(lost) {
    const news = lost !== this._lost;
    this._lost = lost;
    return news;
  }

  /** Whether to ask it now; the answer is then waited for. @param {number} now milliseconds */
  ask(now) {
    if (this._waiting || now - this._asked < ASK_MS) return false;
    this._asked = now;
    this._waiting = true;
    return true;
  }

  /** It has answered. */
  answered() {
    this._waiting = false;
  }

  /** Whether it should have answered by now. @param {number} now milliseconds */
  silent(now) {
    return this._lost || (this._waiting && now - this._asked > PATIENCE_MS);
  }
}
