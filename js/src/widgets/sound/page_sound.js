// The sound of one model, however many views show it: whether it is on, where it plays, and the messages both ways.
// With an output that is not this page it is only the kernel's remote control.

import { lineUrl, PageLine } from "../../audio/page_line.js";
import { NO_WORKLET, Speaker } from "../../audio/speaker.js";
import { FLOOR_DB } from "../../shared/decibels.js";
import { PAGE } from "./sound_words.js";

/** @typedef {{get(name: string): any, set(name: string, value: any): void, save_changes(): void,
 *   send(content: any): void, on(name: string, callback: Function): void, off(name: string, callback: Function): void
 * }} Model */

const SILENT_MS = 10_000; // with the volume at silent for so long, the kernel need not decode
const NETWORK_MS = 10_000; // the way to the kernel and back is the shortest of this time
const BUSY_MS = 1000; // no network is so slow
const SMOOTH = 0.2; // part of a report in what is shown: settles in half a second
// Whatever is sent to a kernel makes it busy for a moment, and JupyterLab then redraws all its signs of that: so of the
// worklet's ten reports a second the kernel hears three, or at once what it must hear. By its own line an engine hears all.
const REPORTS_TOLD = 3;
const JUMP_SECONDS = 0.05;
const LINE_MS = 700; // that a click waits for the engine's line; an engine that only just starts takes longer
const LINE_AGAIN_MS = 2000; // then twice as long each time
const LINE_TRIES = 8;
const SHOWN = ["volume_db", "status_text", "outputs", "output", "output_line"];

export class PageSound {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Speaker | null} */ this.speaker = null;
    /** @type {PageLine | null} */ this.line = null;
    this.lineTimer = 0;
    this.lineTries = 0; // since one was answered
    this.panics = 0; // of the engine, when its stream started
    this.unanswered = -1; // that number when panic was pressed here, until the engine has seen it
    /** @type {any} */ this.report = null;
    /** @type {any[]} */ this.untold = []; // reports that the pump has not heard of
    /** @type {any} */ this.told = null;
    /** @type {any[] | null} */ this.held = null; // messages that arrive while another speaker is being made
    this.playing = false; // this page plays, or will with the next sample
    this.starting = false;
    this.panicked = false; // until something sounds again
    this.note = "";
    this.engineSeconds = 0;
    this.lead = 0; // seconds, as the kernel last said
    this.buffered = 0; // seconds, smoothed for the eye
    this.network = 0; // milliseconds
    /** @type {[number, number][]} */ this.trips = []; // when, and how long
    this.stalledSeen = 0;
    this.stalledAt = 0;
    this.levelsAt = -Infinity; // when the kernel last told its levels
    this.wasLoud = false;
    this.quietSince = Infinity; // when the volume was turned down to silent
    /** @type {Set<() => void>} */ this.views = new Set();
  }

  get toPage() {
    return this.model.get("output") === PAGE;
  }

  /** Whether the sound is on, for this page to play or for the kernel. */
  get on() {
    return this.toPage ? this.playing : Boolean(this.model.get("sound_on"));
  }

  /** @param {AbortSignal | undefined} signal */
  bind(signal) {
    const { model } = this;
    if (this.toPage && model.get("sound_on")) {
      // A page that was reloaded: the browser wants a click before it lets this one sound.
      this.note = "The page was reloaded: turn the sound on again.";
      model.set("sound_on", false);
    }
    if (this.toPage && !window.isSecureContext) this.note = NO_WORKLET;
    if (model.get("page_host") !== location.hostname) model.set("page_host", location.hostname);
    model.save_changes();
    model.on("msg:custom", (/** @type {any} */ message, /** @type {DataView[]} */ buffers) =>
      this.fromKernel(message, buffers || []),
    );
    model.on("change:sound_on", () => {
      if (this.playing && !model.get("sound_on")) this.turnOff("The sound was turned off or taken over elsewhere.");
      this.changed();
    });
    model.on("change:page_line", () => {
      this.lineTries = 0;
      this.unanswered = -1; // another engine, which counts its panics from the beginning
      if (this.playing) this.connect();
    });
    model.on("change:connected_line", () => {
      // Written by whichever page plays; what another page has written last is put right.
      if (this.playing && model.get("connected_line") !== this.heldLine) {
        this.tellKernel("connected_line", this.heldLine);
      }
    });
    model.on("change:output", () => {
      if (this.playing && !this.toPage) this.leave("");
    });
    model.on("change:volume_db", () => this.followVolume());
    model.on("change:levels", () => this.followLevels());
    for (const name of SHOWN) model.on(`change:${name}`, () => this.changed());
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") this.panic();
    };
    document.addEventListener("keydown", onKey, { capture: true, signal });
    document.addEventListener("visibilitychange", () => this.tellReport(), { signal });
    window.addEventListener("pagehide", () => this.playing && this.turnOff(""), { signal });
    signal?.addEventListener("abort", () => this.leave(""));
    this.followVolume();
  }

  changed() {
    for (const view of this.views) view();
  }

  /** @param {string} name @param {any} value */
  tellKernel(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  /** Called inside the user's click. */
  async turnOn() {
    if (this.on || this.starting) return;
    this.note = "";
    this.panicked = false;
    if (!this.toPage) this.tellKernel("sound_on", true);
    else if (await this.open()) {
      // Another page may be playing: only a change tells it, and the kernel, that this one takes over.
      if (this.model.get("sound_on")) this.tellKernel("sound_on", false);
      this.playing = true;
      this.model.set("connected_line", this.heldLine);
      this.tellKernel("sound_on", true);
    }
    this.changed();
  }

  /** @param {string} note */
  turnOff(note) {
    if (!this.on) return;
    this.leave(note);
    this.tellKernel("sound_on", false);
    this.changed();
  }

  /**
   * Play through another output; called inside the user's click.
   * @param {string} output
   */
  async choose(output) {
    if (output === this.model.get("output") || this.starting) return this.changed();
    this.note = "";
    // The old output plays on until this page can.
    if (output !== PAGE || !this.model.get("sound_on")) this.tellKernel("output", output);
    else if (await this.open()) {
      this.playing = Boolean(this.model.get("sound_on"));
      if (!this.playing) this.leave("");
      this.model.set("connected_line", this.heldLine);
      this.tellKernel("output", output);
    }
    this.changed();
  }

  /** Get ready to play here. @returns {Promise<boolean>} whether that worked; if not, the note says why */
  async open() {
    this.starting = true;
    this.stalledSeen = this.stalledAt = 0;
    this.unanswered = -1;
    this.changed();
    try {
      await this.make(this.model.get("rate") || 48000, this.model.get("channels") || 1);
      this.connect(); // with a speaker, which must not miss where a stream starts
      await this.line?.settled(LINE_MS);
    } catch (error) {
      this.note = error instanceof Error ? error.message : String(error);
      this.hangUp();
    }
    this.starting = false;
    return this.speaker !== null;
  }

  /** Name of the line that this page holds, "" for none. */
  get heldLine() {
    return this.line?.open ? this.line.name : "";
  }

  /** Call the engine, if it has a line; whoever was called before is hung up on. */
  connect() {
    this.hangUp();
    const name = this.model.get("page_line");
    if (!name || !lineUrl(name)) return;
    try {
      const line = new PageLine(name, this.model.get("_line_worker"), (message) => this.fromLine(line, message));
      this.line = line;
      if (this.speaker) line.playBy(this.speaker);
    } catch {
      this.line = null; // no worker here: the kernel sends
    }
  }

  hangUp() {
    clearTimeout(this.lineTimer);
    this.line?.close();
    this.line = null;
  }

  /** @param {PageLine} line @param {any} message */
  fromLine(line, message) {
    if (line !== this.line) return;
    if (message.type === "lost") {
      this.loseLine();
    } else if (message.type === "hello") {
      this.lineTries = 0;
      if (this.playing && this.model.get("connected_line") !== line.name) this.tellKernel("connected_line", line.name);
    } else if (message.type === "echo") this.hearEcho(message.echo);
    else {
      // A node's channels are settled when it is made: the kernel's way makes another.
      if (message.type === "start" && this.speaker && this.speaker.channels !== message.channels) this.loseLine();
      this.noteStream(message);
    }
  }

  /** From now on the kernel sends; the line is tried again, as an engine or a network may come back. */
  loseLine() {
    this.hangUp();
    if (!this.playing) return;
    if (this.model.get("connected_line")) this.tellKernel("connected_line", "");
    if (this.lineTries >= LINE_TRIES) return;
    this.lineTimer = window.setTimeout(() => this.connect(), LINE_AGAIN_MS * 2 ** this.lineTries);
    this.lineTries += 1;
  }

  /** What a message of either way says of the stream. @param {any} message */
  noteStream(message) {
    if (message.lead) this.lead = message.lead;
    if (message.type === "panic") this.unanswered = -1;
    if (message.type !== "start") return;
    this.engineSeconds = message.engine_seconds || 0;
    this.panics = message.panics;
    // A stream that starts while the engine has not heard of a panic yet must not undo it.
    if (this.unanswered >= 0 && this.panics <= this.unanswered) this.speaker?.mute();
    else this.unanswered = -1;
  }

  /** @param {number} rate @param {number} channels */
  async make(rate, channels) {
    this.speaker?.close();
    this.speaker = this.report = this.told = null;
    this.untold = [];
    this.speaker = await Speaker.make({
      rate,
      channels,
      db: this.model.get("volume_db"),
      worklet: this.model.get("_worklet"),
      onReport: (report) => this.fromWorklet(report),
      onState: () => {
        this.line?.listen(this.speaker?.running ?? false);
        this.changed();
      },
    });
    this.line?.playBy(this.speaker);
  }

  /** Play no more in this page; the sound may go on elsewhere. @param {string} note */
  leave(note) {
    this.playing = false;
    this.note = note;
    this.hangUp();
    this.speaker?.close();
    this.speaker = this.report = this.told = null;
    this.untold = [];
    this.changed();
  }

  followVolume() {
    const db = this.model.get("volume_db");
    this.speaker?.setVolume(db);
    if (db > FLOOR_DB) {
      this.quietSince = Infinity;
      if (this.told?.muted) this.tellReport(); // the kernel rests until it hears of this
    } else if (this.quietSince === Infinity) this.quietSince = performance.now();
  }

  followLevels() {
    const loud = (this.model.get("levels").peak_db ?? FLOOR_DB) > FLOOR_DB;
    // Levels fall slowly; only a new sound after silence is the next touch.
    if (!this.toPage && loud && !this.wasLoud) this.panicked = false;
    this.wasLoud = loud;
    this.levelsAt = performance.now();
    if (!this.playing) this.changed(); // else with the worklet's next report: a page draws as seldom as it can
  }

  /** Silence here and now; the kernel hears of it as soon as it listens. */
  panic() {
    if (!this.on) return;
    this.speaker?.mute();
    this.panicked = true;
    if (this.toPage) this.unanswered = this.panics;
    this.model.send({ type: "panic" });
    this.changed();
  }

  /**
   * @param {any} message
   * @param {DataView[]} buffers
   */
  fromKernel(message, buffers) {
    if (!this.playing || this.line?.streaming) return; // what was on its way when the line took over is too late
    if (message.type === "pcm") {
      if (message.echo) this.hearEcho(message.echo);
      if (!this.held && !this.speaker?.running) return; // paused by the browser: it would only pile up
      const view = buffers[0];
      // A copy: the view may lie unaligned in a buffer that is shared with other messages.
      const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
      message = { ...message, samples: new Float32Array(bytes) };
    }
    this.noteStream(message);
    // Rates need not agree, the worklet resamples; a node's channels are settled when it is made.
    if (message.type === "start" && this.speaker?.channels !== message.channels && !this.held) this.remake(message);
    if (this.held) this.held.push(message);
    else this.speaker?.post(message);
  }

  /** @param {{rate: number, channels: number}} start */
  async remake({ rate, channels }) {
    /** @type {any[]} */ const held = [];
    this.held = held;
    try {
      await this.make(rate, channels);
    } catch (error) {
      this.turnOff(error instanceof Error ? error.message : String(error));
    }
    this.held = null;
    for (const message of held) this.speaker?.post(message);
  }

  /**
   * The kernel sends back when a report left here, and for how long it held it.
   * @param {[number, number]} echo milliseconds of this page's clock, and seconds
   */
  hearEcho([sent, held]) {
    const now = performance.now();
    const trip = Math.max(0, now - sent - 1000 * held);
    if (trip > BUSY_MS) return; // the report lay waiting for the end of a cell
    this.trips = this.trips.filter(([at]) => now - at < NETWORK_MS);
    this.trips.push([now, trip]);
    this.network = Math.min(...this.trips.map(([, trip]) => trip));
  }

  /** @param {any} report */
  fromWorklet(report) {
    if (!this.playing) return;
    const before = this.report;
    if (report.stalled > this.stalledSeen + 0.05 || report.underruns > (before?.underruns ?? 0)) {
      this.stalledAt = performance.now();
    }
    this.stalledSeen = report.stalled;
    // The report after a panic may still hold the sound before it; a mute one, or one of the next stream, does not.
    if (report.state === "muted") this.panicked = true;
    else if (report.peak > 0 && (report.stream !== before?.stream || before.peak === 0)) this.panicked = false;
    const mean = report.mean / report.rate;
    this.buffered += (before?.stream === report.stream ? SMOOTH : 1) * (mean - this.buffered);
    this.report = report;
    this.untold.push(report);
    if (this.line?.streaming || this.untold.length >= REPORTS_TOLD || this.isNews(report)) this.tellReport();
    this.changed();
  }

  /** @param {any} report */
  isNews(report) {
    const { told } = this;
    return (
      !told ||
      told.stream !== report.stream ||
      told.state !== report.state ||
      told.underruns !== report.underruns ||
      told.peak > 0 !== report.peak > 0 ||
      Math.abs(told.mean - report.mean) > JUMP_SECONDS * report.rate
    );
  }

  /** Tell the kernel the newest report, for all since the last, and what is true of the page now. */
  tellReport() {
    const { report: newest, speaker } = this;
    if (!newest || !speaker) return;
    const since = [...this.untold.filter(({ stream }) => stream === newest.stream), newest];
    const report = { ...newest };
    report.mean = since.reduce((sum, each) => sum + each.mean, 0) / since.length;
    report.lowest = Math.min(...since.map((each) => each.lowest));
    report.peak = Math.max(...since.map((each) => each.peak));
    this.untold = [];
    report.output_latency = speaker.latency;
    report.network = this.network / 1000;
    report.context = speaker.context.state;
    report.sent_at = performance.now();
    report.muted = report.sent_at - this.quietSince > SILENT_MS;
    report.hidden = document.hidden;
    this.told = report;
    if (this.line?.streaming) this.line.tell(report);
    else this.model.send(report);
  }
}
