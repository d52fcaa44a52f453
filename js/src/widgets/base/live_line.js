// A line that changes ten times a second, as progress does, would have a screen reader talk without end: it is read out
// when it begins to change, every so often, and when it has come to rest.

const HURRY_MS = 2000;
const REST_MS = 1500;
const EVERY_MS = 10000;

/** Says in an element, by screen readers too, what changes. */
export class LiveLine {
  /** @param {HTMLElement} line */
  constructor(line) {
    this.line = line;
    line.setAttribute("role", "status");
    this.changed = -Infinity;
    this.spoken = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ this.rest = undefined;
  }

  /** @param {string} text @param {boolean} urgent whether it interrupts what is being read out */
  show(text, urgent = false) {
    const now = performance.now();
    const quiet = now - this.changed < HURRY_MS && now - this.spoken < EVERY_MS;
    this.changed = now;
    this.say(text, urgent, !quiet);
    clearTimeout(this.rest);
    if (quiet) this.rest = setTimeout(() => this.say(text, urgent, true), REST_MS);
  }

  /** @param {string} text @param {boolean} urgent @param {boolean} aloud */
  say(text, urgent, aloud) {
    this.line.setAttribute("aria-live", urgent ? "assertive" : aloud ? "polite" : "off");
    this.line.replaceChildren(text); // a new text node, which is what is read out
    if (aloud) this.spoken = performance.now();
  }

  close() {
    clearTimeout(this.rest);
  }
}
