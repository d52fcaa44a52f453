// Whether the kernel behind a view is there: a view looks alive without one, and its buttons do nothing.
//
// JupyterLab, Notebook and Voila hand a widget its manager, and that the connection to its kernel. Other front ends do
// not; there nothing is said. A kernel that another page ends leaves its connection open, and JupyterLab asks for it only
// every ten seconds: so it is asked for here, too.

import { tell } from "../../shared/kernel_line.js";

const LOOK_MS = 500;
const ASK_MS = 1000; // between an answer of the server and the next question
const BUSY_MS = 3000; // for so long a kernel is busy with every cell
const LATE_MS = 500; // after which who has clicked wonders whether it was felt
const LATE = "The kernel is busy; what was just done here waits for it.";

/**
 * What is used of JupyterLab's connection to a kernel.
 * @typedef {object} Kernel
 * @property {string} id
 * @property {string} status
 * @property {string} connectionStatus
 * @property {boolean} isDisposed
 * @property {{baseUrl: string, token: string}} [serverSettings]
 * @property {{connect(hear: () => void): void, disconnect(hear: () => void): void}} [statusChanged]
 */

/** @typedef {{text: string, urgent: boolean, lost: boolean}} Words  lost: what the view says reaches nobody any more */

/** What is known of a kernel, and the sentence for it; the clock and the connection are handed in. */
export class KernelState {
  constructor() {
    this.restarts = 0;
    this.restarting = false;
    this.gone = false;
    this.busySince = Number.POSITIVE_INFINITY;
  }

  /**
   * @param {Pick<Kernel, "status" | "connectionStatus" | "isDisposed">} kernel
   * @param {number} now milliseconds
   */
  look(kernel, now) {
    const restarting = kernel.status === "restarting" || kernel.status === "autorestarting";
    if (restarting && !this.restarting) this.restarts++;
    this.restarting = restarting;
    if (kernel.isDisposed || kernel.status === "dead") this.gone = true;
    if (kernel.status !== "busy") this.busySince = Number.POSITIVE_INFINITY;
    else if (this.busySince > now) this.busySince = now;
  }

  /**
   * @param {Pick<Kernel, "status" | "connectionStatus">} kernel
   * @param {number} now milliseconds
   * @param {number} since restarts that a view has not seen, as it came after them
   * @param {boolean} late whether something that was done waits for it
   * @returns {Words} empty while all is well
   */
  words({ status, connectionStatus }, now, since = 0, late = false) {
    const urgent = (/** @type {string} */ text, lost = false) => ({ text, urgent: true, lost });
    const loss = (/** @type {string} */ text) => urgent(text, true);
    if (this.gone)
      return loss(
        "The kernel behind this view is gone; nothing done here has an effect. Start a kernel and run the notebook " +
          "again: the session that was saved by itself can be brought back.",
      );
    if (status === "restarting" || status === "autorestarting") return loss("The kernel is restarting…");
    if (this.restarts > since)
      return loss("The kernel was restarted, and this view is from before: run its cell again to go on.");
    if (connectionStatus !== "connected")
      return urgent("The connection to the kernel is interrupted; what is done here waits until it is back.");
    const busy = now - this.busySince;
    // an answer that was lost on the way makes no kernel busy
    if (busy < BUSY_MS) return { text: late && status === "busy" ? LATE : "", urgent: false, lost: false };
    const seconds = Math.floor(busy / 5000) * 5 || 3; // spoken, it should not change all the time
    return {
      text: `The kernel has been busy for ${seconds} s; what is done here waits. Interrupt the kernel to go on at once.`,
      urgent: false,
      lost: false,
    };
  }
}

/** @typedef {(words: Words) => void} View */

/** One look in half a second for all the views of a kernel. */
export class KernelWatch {
  /** @param {Kernel} kernel */
  constructor(kernel) {
    this.kernel = kernel;
    this.state = new KernelState();
    this.known = false; // the server has had it: without that, its not knowing it says nothing (a static one never does)
    this.asking = false;
    this.nextAsk = -Infinity;
    /** When what it has not answered yet was done, by number. @type {Map<number, number>} */ this.waiting = new Map();
    this.count = 0;
    this.restarts = 0; // as of the newest words
    /** With how many restarts each came after. @type {Map<View, number>} */ this.views = new Map();
    /** @type {ReturnType<typeof setInterval> | undefined} */ this.timer = undefined;
    this.hear = () => this.state.look(this.kernel, performance.now()); // a restart may be over before the next look
  }

  /** @param {View} view @returns {() => void} */
  add(view) {
    this.views.set(view, this.state.restarts);
    if (!this.timer) this.kernel.statusChanged?.connect(this.hear);
    this.timer ??= setInterval(() => this.look(), LOOK_MS);
    return () => {
      this.views.delete(view);
      if (this.views.size) return;
      this.kernel.statusChanged?.disconnect(this.hear);
      clearInterval(this.timer);
      this.timer = undefined;
    };
  }

  /**
   * Something has been done that waits for the kernel.
   * @returns {() => void} It has answered.
   */
  wait() {
    const number = this.count++;
    const done = performance.now();
    this.waiting.set(number, done);
    const timer = setTimeout(() => this.say(performance.now()), LATE_MS);
    return () => {
      clearTimeout(timer);
      if (!this.waiting.has(number)) return;
      // it answers in turn: what was done before and has no answer by now lost it, or was never sent
      for (const earlier of this.waiting.keys()) if (earlier <= number) this.waiting.delete(earlier);
      if (performance.now() - done >= LATE_MS) this.say(performance.now());
    };
  }

  look() {
    const now = performance.now();
    this.state.look(this.kernel, now);
    this.say(now);
    if (!this.state.gone && !this.asking && now >= this.nextAsk) void this.ask();
  }

  /** @param {number} now */
  say(now) {
    // nobody will answer, or the answer is lost
    if (this.state.restarts > this.restarts || this.kernel.connectionStatus !== "connected") this.waiting.clear();
    this.restarts = this.state.restarts;
    const [first = now] = this.waiting.values();
    const late = now - first >= LATE_MS;
    for (const [view, since] of this.views) view(this.state.words(this.kernel, now, since, late));
  }

  async ask() {
    this.asking = true;
    const there = await isThere(this.kernel);
    this.asking = false;
    this.nextAsk = performance.now() + ASK_MS - LOOK_MS / 2; // with the look that is nearest to it
    if (there) this.known = true;
    if (there !== false || !this.known) return;
    this.state.gone = true;
    this.say(performance.now());
  }
}

/** Whether the server has a kernel; null where it does not say. @param {Kernel} kernel */
async function isThere({ id, serverSettings }) {
  if (!serverSettings) return null;
  const { baseUrl, token } = serverSettings;
  try {
    // A page that is open and asks is no reason to keep an idle server.
    const answer = await fetch(`${baseUrl}api/kernels/${id}?no_track_activity=1`, {
      headers: token ? { Authorization: `token ${token}` } : undefined,
    });
    return answer.ok ? true : answer.status === 404 ? false : null;
  } catch {
    return null;
  }
}

// Each widget of the page has its own copy of this module; a kernel is watched once.
const WATCHES = Symbol.for("terrain_widgets kernel watches");

/** @returns {WeakMap<Kernel, KernelWatch>} */
function watches() {
  const page = /** @type {Record<symbol, WeakMap<Kernel, KernelWatch>>} */ (/** @type {unknown} */ (globalThis));
  page[WATCHES] ??= new WeakMap();
  return page[WATCHES];
}

/**
 * Be told how a widget's kernel does, twice a second.
 * @param {any} model of anywidget
 * @param {View} view
 * @returns {() => void} ends it
 */
export function watchKernel(model, view) {
  /** @type {Kernel | null | undefined} */ const kernel = model.widget_manager?.kernel;
  if (!kernel) return () => {};
  const all = watches();
  const watch = all.get(kernel) ?? new KernelWatch(kernel);
  all.set(kernel, watch);
  return watch.add(view);
}

/**
 * Send the kernel what a user has done; where it is late to take it, its views say so.
 * @param {any} model of anywidget
 * @param {object} message
 */
export function askKernel(model, message) {
  const kernel = model.widget_manager?.kernel;
  const answered = (kernel && watches().get(kernel))?.wait();
  const status = (/** @type {any} */ { content }) => content.execution_state === "idle" && answered();
  if (!tell(model, message, undefined, answered && { iopub: { status } })) answered?.();
}

/**
 * Say in an element what is wrong with a widget's kernel, as long as it is.
 * @param {any} model of anywidget
 * @param {HTMLElement} el
 * @returns {() => void} ends it
 */
export function sayKernel(model, el) {
  const line = document.createElement("div");
  line.className = "tw-text tw-text-kernel";
  el.appendChild(line);
  const end = watchKernel(model, ({ text, urgent }) => {
    if (line.textContent === text) return;
    line.setAttribute("role", urgent ? "alert" : "status");
    line.textContent = text;
  });
  return () => {
    end();
    line.remove();
  };
}
