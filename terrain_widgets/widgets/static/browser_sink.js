// @ts-check
// The page's end of the sound: one AudioContext per model, a worklet that plays, and a small panel per view.

/** @typedef {{get(name: string): any, set(name: string, value: any): void, save_changes(): void,
 *   send(content: any): void, on(name: string, callback: Function): void, off(name: string, callback: Function): void
 * }} Model */

const FLOOR_DB = -60;
const STALL_SHOWN_MS = 8000;

/** @param {number} db */
const linear = (db) => (db <= FLOOR_DB ? 0 : 10 ** (db / 20));
/** @param {number} value */
const decibels = (value) => (value > 0 ? Math.max(FLOOR_DB, 20 * Math.log10(value)) : FLOOR_DB);

/** The sound of one model, however many views show it. */
class Sound {
  constructor() {
    /** @type {AudioContext | null} */ this.context = null;
    /** @type {AudioWorkletNode | null} */ this.node = null;
    /** @type {GainNode | null} */ this.volume = null;
    /** @type {any} */ this.report = null;
    /** @type {any[] | null} */ this.held = null; // messages that arrive while a context is being built
    this.channels = 0;
    this.on = false;
    this.starting = false;
    this.panicked = false; // until something sounds again
    this.note = "";
    this.engineSeconds = 0;
    this.stalledSeen = 0;
    this.stalledAt = 0;
    /** @type {Set<() => void>} */ this.views = new Set();
  }

  /**
   * @param {Model} model
   * @param {AbortSignal | undefined} signal
   */
  bind(model, signal) {
    this.model = model;
    if (model.get("sound_on")) {
      // A page that was reloaded: the browser wants a click before it lets this one sound.
      this.note = "The page was reloaded: turn the sound on again.";
      this.tellKernel(false);
    }
    model.on("msg:custom", (/** @type {any} */ message, /** @type {DataView[]} */ buffers) =>
      this.fromKernel(message, buffers || []),
    );
    model.on("change:sound_on", () => {
      if (this.on && !model.get("sound_on")) this.turnOff("Another page has taken the sound over.");
    });
    model.on("change:volume_db", () => this.setVolume());
    model.on("change:status_text", () => this.changed());
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && this.on) this.panic();
    };
    const onHide = () => this.turnOff("");
    document.addEventListener("keydown", onKey, { capture: true, signal });
    window.addEventListener("pagehide", onHide, { signal });
    signal?.addEventListener("abort", () => this.closeContext());
  }

  changed() {
    for (const view of this.views) view();
  }

  /** @param {boolean} on */
  tellKernel(on) {
    this.model?.set("sound_on", on);
    this.model?.save_changes();
  }

  /** Called inside the user's click, as autoplay rules want. */
  async turnOn() {
    if (this.on || this.starting) return;
    this.starting = true;
    this.note = "";
    this.panicked = false;
    this.stalledSeen = 0;
    this.stalledAt = 0;
    this.changed();
    try {
      await this.build(this.model?.get("rate") || 48000);
      this.on = true;
      // Another page may be playing: only a change tells it, and the kernel, that this one takes over.
      if (this.model?.get("sound_on")) this.tellKernel(false);
      this.tellKernel(true);
    } catch (error) {
      this.closeContext();
      this.note = error instanceof Error ? error.message : String(error);
    }
    this.starting = false;
    this.changed();
  }

  /** @param {string} note */
  turnOff(note) {
    if (!this.on) return;
    this.on = false;
    this.note = note;
    this.tellKernel(false);
    this.fadeAndClose();
    this.changed();
  }

  /** @param {number} rate */
  async build(rate) {
    this.closeContext();
    if (typeof AudioContext === "undefined") throw new Error("This browser has no Web Audio, so it cannot play.");
    const context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
    this.context = context;
    if (!context.audioWorklet) {
      throw new Error(
        "The browser gives no sound to a page opened over plain http: open the notebook by https, or as localhost.",
      );
    }
    const resumed = context.resume();
    const url = URL.createObjectURL(new Blob([this.model?.get("_worklet")], { type: "text/javascript" }));
    try {
      await context.audioWorklet.addModule(url);
    } finally {
      URL.revokeObjectURL(url);
    }
    await Promise.race([resumed, new Promise((done) => setTimeout(done, 1000))]);
    const channels = (this.channels = Math.max(1, this.model?.get("channels") || 1));
    const node = new AudioWorkletNode(context, "terrain-sink", {
      numberOfInputs: 0,
      outputChannelCount: [channels],
    });
    node.port.onmessage = (event) => this.fromWorklet(event.data);
    this.volume = context.createGain();
    this.volume.gain.value = linear(this.model?.get("volume_db") ?? -18);
    node.connect(this.volume).connect(context.destination);
    context.onstatechange = () => this.changed();
    this.node = node;
  }

  fadeAndClose() {
    const context = this.context;
    this.node?.port.postMessage({ type: "panic" });
    this.node = this.volume = this.context = this.report = null;
    if (context) setTimeout(() => context.close().catch(() => {}), 60);
  }

  closeContext() {
    const context = this.context;
    this.node = this.volume = this.context = this.report = null;
    if (context && context.state !== "closed") context.close().catch(() => {});
  }

  setVolume() {
    if (this.volume && this.context) {
      const target = linear(this.model?.get("volume_db"));
      this.volume.gain.setTargetAtTime(target, this.context.currentTime, 0.02);
    }
    this.changed();
  }

  /** Silence here and now; the kernel hears of it as soon as it listens. */
  panic() {
    if (!this.on) return;
    this.node?.port.postMessage({ type: "panic" });
    this.panicked = true;
    this.model?.send({ type: "panic" });
    this.changed();
  }

  /**
   * @param {any} message
   * @param {DataView[]} buffers
   */
  fromKernel(message, buffers) {
    if (!this.on) return;
    if (message.type === "pcm") {
      const view = buffers[0];
      // A copy: the view may lie unaligned in a buffer that is shared with other messages.
      const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
      message = { type: "pcm", stream: message.stream, seq: message.seq, samples: new Float32Array(bytes) };
    }
    if (message.type === "start") {
      this.engineSeconds = message.engine_seconds || 0;
      const differs = this.context && this.context.sampleRate !== message.rate;
      if ((differs || this.channels !== message.channels) && !this.held) {
        this.held = [];
        this.build(message.rate).then(
          () => this.release(),
          (error) => {
            this.held = null;
            this.turnOff(String(error instanceof Error ? error.message : error));
          },
        );
      }
    }
    if (this.held) this.held.push(message);
    else this.pass(message);
  }

  release() {
    /** @type {any[]} */ const held = this.held || [];
    this.held = null;
    for (const message of held) this.pass(message);
  }

  /** @param {any} message */
  pass(message) {
    this.node?.port.postMessage(message, message.samples ? [message.samples.buffer] : []);
  }

  /** @param {any} report */
  fromWorklet(report) {
    if (!this.on || !this.context) return;
    report.output_latency = (this.context.outputLatency || 0) + (this.context.baseLatency || 0);
    report.context = this.context.state;
    if (report.stalled > this.stalledSeen + 0.05 || report.underruns > (this.report?.underruns ?? 0)) {
      this.stalledAt = performance.now();
    }
    this.stalledSeen = report.stalled;
    // The report after a panic may still hold the sound before it; a mute one, or one of the next stream, does not.
    if (report.state === "muted") this.panicked = true;
    else if (report.peak > 0 && report.stream !== this.report?.stream) this.panicked = false;
    else if (report.peak > 0 && this.report?.peak === 0) this.panicked = false;
    this.report = report;
    this.model?.send(report);
    this.changed();
  }

  /** @returns {{state: string, detail: string}} a word or sentence, and numbers */
  describe() {
    if (this.starting) return { state: "Sound is starting.", detail: "" };
    if (!this.on || !this.context) return { state: this.note || "Sound is off.", detail: "" };
    if (this.context.state !== "running") {
      return { state: "The browser has paused the sound: click here to go on.", detail: "" };
    }
    const report = this.report;
    if (!report || report.stream === 0) return { state: "Sound is starting.", detail: "" };
    const rate = this.context.sampleRate;
    // An idle page is empty, but what comes next will wait for the lead again.
    const buffered = report.state === "idle" ? this.model?.get("lead_seconds") : report.level / rate;
    const latency = Math.round(1000 * (buffered + report.output_latency + this.engineSeconds));
    const detail = `latency ${latency} ms, ${report.underruns} ${report.underruns === 1 ? "underrun" : "underruns"}`;
    if (this.panicked) return { state: "Panic: silent until the next touch.", detail };
    if (this.stalledAt && performance.now() - this.stalledAt < STALL_SHOWN_MS && report.stalled > 0) {
      return { state: `Sound stopped for ${report.stalled.toFixed(1)} s because the kernel was busy.`, detail };
    }
    const words = { playing: "Playing.", fading: "Playing.", idle: "Ready, nothing to hear." };
    return { state: words[/** @type {keyof typeof words} */ (report.state)] || "Sound is starting.", detail };
  }
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {HTMLElement} parent
 */
const add = (tag, className, parent) => {
  const node = document.createElement(tag);
  node.className = className;
  parent.appendChild(node);
  return node;
};

/**
 * @param {Sound} sound
 * @param {Model} model
 * @param {HTMLElement} el
 */
function draw(sound, model, el) {
  const root = add("div", "terrain-sink", el);
  const row = add("div", "terrain-sink-row", root);
  const power = /** @type {HTMLButtonElement} */ (add("button", "terrain-sink-power", row));
  const panic = /** @type {HTMLButtonElement} */ (add("button", "terrain-sink-panic", row));
  power.type = panic.type = "button";
  panic.textContent = "Panic";
  panic.title = "Silence at once (Esc)";
  const label = add("label", "terrain-sink-volume", row);
  add("span", "", label).textContent = "Volume";
  const slider = /** @type {HTMLInputElement} */ (add("input", "", label));
  Object.assign(slider, { type: "range", min: String(FLOOR_DB), max: "0", step: "1" });
  const value = add("span", "terrain-sink-db", label);
  const meter = add("div", "terrain-sink-meter", root);
  meter.setAttribute("role", "meter");
  meter.setAttribute("aria-label", "Sound level");
  meter.setAttribute("aria-valuemin", String(FLOOR_DB));
  meter.setAttribute("aria-valuemax", "0");
  const bar = add("div", "terrain-sink-bar", meter);
  const hold = add("div", "terrain-sink-hold", meter);
  const line = add("div", "terrain-sink-line", root);
  const state = add("span", "terrain-sink-state", line);
  state.setAttribute("role", "status"); // read out when it changes; the numbers beside it are not
  const detail = add("span", "terrain-sink-detail", line);
  const said = add("div", "terrain-sink-said", root);
  let held = FLOOR_DB;
  let heldAt = 0;

  /** @param {HTMLElement} node @param {string} text */
  const setText = (node, text) => {
    if (node.textContent !== text) node.textContent = text;
  };
  const update = () => {
    setText(power, sound.on ? "Sound off" : "Turn sound on");
    power.setAttribute("aria-pressed", String(sound.on));
    power.disabled = sound.starting;
    panic.disabled = !sound.on;
    const db = model.get("volume_db");
    if (document.activeElement !== slider) slider.value = String(db);
    setText(value, db <= FLOOR_DB ? "silent" : `${Math.round(db)} dB`);
    slider.setAttribute("aria-valuetext", value.textContent || "");
    const peak = decibels(sound.on ? sound.report?.peak || 0 : 0);
    const rms = decibels(sound.on ? sound.report?.rms || 0 : 0);
    const now = performance.now();
    if (peak >= held || now - heldAt > 1500) [held, heldAt] = [peak, now];
    bar.style.width = `${(100 * (rms - FLOOR_DB)) / -FLOOR_DB}%`;
    hold.style.left = `${(100 * (held - FLOOR_DB)) / -FLOOR_DB}%`;
    meter.classList.toggle("terrain-sink-hot", held > -3);
    meter.setAttribute("aria-valuenow", rms.toFixed(0));
    meter.setAttribute("aria-valuetext", rms <= FLOOR_DB ? "silence" : `${rms.toFixed(0)} dB`);
    const words = sound.describe();
    setText(state, words.state);
    setText(detail, words.detail);
    setText(said, model.get("status_text") || "");
  };

  power.addEventListener("click", () => (sound.on ? sound.turnOff("") : void sound.turnOn()));
  panic.addEventListener("click", () => sound.panic());
  line.addEventListener("click", () => void sound.context?.resume());
  slider.addEventListener("input", () => {
    model.set("volume_db", Number(slider.value));
    model.save_changes();
    sound.setVolume();
  });
  sound.views.add(update);
  update();
  return () => {
    sound.views.delete(update);
    root.remove();
    // Nobody can turn it off any more, say because its cell was run again. (A view that moves is made anew at once.)
    setTimeout(() => {
      if (!sound.views.size) sound.turnOff("The panel was closed.");
    }, 500);
  };
}

// A function: anywidget calls it once per model, so every model has a sound of its own.
export default () => {
  const sound = new Sound();
  return {
    /** @param {{model: Model, signal?: AbortSignal}} context */
    initialize({ model, signal }) {
      sound.bind(model, signal);
      return () => sound.closeContext();
    },
    /** @param {{model: Model, el: HTMLElement}} context */
    render({ model, el }) {
      return draw(sound, model, el);
    },
  };
};
