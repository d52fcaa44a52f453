// The sound of one model, however many views show it: whether it is on, where it plays, and the messages both ways.
// With an output that is not this page it is only the kernel's remote control.

import { NO_WORKLET, Speaker } from "../../audio/speaker.js";
import { FLOOR_DB } from "../../shared/decibels.js";
import { isPanic, placeOf } from "../../shared/escape.js";
import { LineKeeper } from "./line_keeper.js";
import { NetworkTime } from "./network_time.js";
import { PanicLatch } from "./panic_latch.js";
import { Reports } from "./reports.js";
import { PAGE } from "./sound_words.js";

/**
 * @typedef {import("../../audio/speaker.js").Message} SpeakerMessage
 * @typedef {import("../../audio/stream_player.js").Report} Report
 * @typedef {import("../../audio/stream_player.js").Pcm} Pcm
 * @typedef {import("../../shared/protocol.js").SoundToPage} ToPage
 * @typedef {import("../../shared/protocol.js").SoundToKernel} ToKernel
 * @typedef {{ sound_on: boolean, output: string, outputs: { id: string, label: string }[], output_line: string,
 *   volume_db: number, rate: number, channels: number, levels: import("./sound_words.js").Levels, status_text: string,
 *   page_host: string, page_line: string, connected_line: string, _worklet: string, _line_worker: string }} State
 * @typedef {import("@anywidget/types").AnyModel<State>} Model
 */

const SILENT_MS = 10_000; // with the volume at silent for so long, the kernel need not decode
const LINE_MS = 700; // that a click waits for the engine's line; an engine that only just starts takes longer
/** @type {(keyof State)[]} */
const SHOWN = ["volume_db", "status_text", "outputs", "output", "output_line"];

export class PageSound {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Speaker | null} */ this.speaker = null;
    /** @type {SpeakerMessage[] | null} */ this.held = null; // that arrive while another speaker is being made
    this.playing = false; // this page plays, or will with the next sample
    this.starting = false;
    this.note = "";
    this.engineSeconds = 0;
    this.lead = 0; // seconds, as the kernel last said
    this.levelsAt = -Infinity; // when the kernel last told its levels
    this.wasLoud = false;
    this.quietSince = Infinity; // when the volume was turned down to silent
    this.panicked = new PanicLatch();
    this.reports = new Reports();
    this.network = new NetworkTime();
    this.line = new LineKeeper({
      name: () => model.get("page_line"),
      worker: () => model.get("_line_worker"),
      speaker: () => this.speaker,
      playing: () => this.playing,
      hear: (message) => this.fromLine(message),
      changed: () => this.tellLine(),
    });
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
    model.on("msg:custom", (message, buffers) => this.fromKernel(message, buffers || []));
    model.on("change:sound_on", () => {
      if (this.playing && !model.get("sound_on")) this.turnOff("The sound was turned off or taken over elsewhere.");
      this.changed();
    });
    model.on("change:page_line", () => {
      this.line.forgive();
      this.panicked.forget();
      if (this.playing) this.line.connect();
    });
    model.on("change:connected_line", () => this.tellLine()); // what another page has written last is put right
    model.on("change:output", () => {
      if (this.playing && !this.toPage) this.leave("");
    });
    model.on("change:volume_db", () => this.followVolume());
    model.on("change:levels", () => this.followLevels());
    for (const name of SHOWN) model.on(`change:${name}`, () => this.changed());
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (isPanic(event, placeOf(event))) this.panic();
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

  /** @template {keyof State} K @param {K} name @param {State[K]} value */
  tellKernel(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  /** Say which line this page holds, where it plays. */
  tellLine() {
    if (this.playing && this.model.get("connected_line") !== this.line.held) {
      this.tellKernel("connected_line", this.line.held);
    }
  }

  /** Called inside the user's click. */
  async turnOn() {
    if (this.on || this.starting) return;
    this.note = "";
    this.panicked.lift();
    if (!this.toPage) this.tellKernel("sound_on", true);
    else if (await this.open()) {
      // Another page may be playing: only a change tells it, and the kernel, that this one takes over.
      if (this.model.get("sound_on")) this.tellKernel("sound_on", false);
      this.playing = true;
      this.model.set("connected_line", this.line.held);
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
      this.model.set("connected_line", this.line.held);
      this.tellKernel("output", output);
    }
    this.changed();
  }

  /** Get ready to play here. @returns {Promise<boolean>} whether that worked; if not, the note says why */
  async open() {
    this.starting = true;
    this.reports.forgive();
    this.panicked.forget();
    this.changed();
    try {
      await this.make(this.model.get("rate") || 48000, this.model.get("channels") || 1);
      this.line.connect(); // with a speaker, which must not miss where a stream starts
      await this.line.line?.settled(LINE_MS);
    } catch (error) {
      this.note = error instanceof Error ? error.message : String(error);
      this.line.hangUp();
    }
    this.starting = false;
    return this.speaker !== null;
  }

  /** @param {import("./line_keeper.js").Heard} message */
  fromLine(message) {
    if (message.type === "echo") this.network.hear(message.echo, performance.now());
    // A node's channels are settled when it is made: the kernel's way makes another.
    else if (message.type === "start" && this.speaker && this.speaker.channels !== message.channels) this.line.lose();
    else this.noteStream(message);
  }

  /** What a message of either way says of the stream. @param {ToPage | import("./line_keeper.js").Heard} message */
  noteStream(message) {
    if ("lead" in message) this.lead = message.lead;
    if (message.type === "panic") this.panicked.answered();
    if (message.type !== "start") return;
    this.engineSeconds = message.engine_seconds || 0;
    if (this.panicked.started(message.panics)) this.speaker?.mute();
  }

  /** @param {number} rate @param {number} channels */
  async make(rate, channels) {
    this.speaker?.close();
    this.speaker = null;
    this.reports.clear();
    this.speaker = await Speaker.make({
      rate,
      channels,
      db: this.model.get("volume_db"),
      worklet: this.model.get("_worklet"),
      onReport: (report) => this.fromWorklet(report),
      onState: () => {
        this.line.line?.listen(this.speaker?.running ?? false);
        this.changed();
      },
    });
    this.line.line?.playBy(this.speaker);
  }

  /** Play no more in this page; the sound may go on elsewhere. @param {string} note */
  leave(note) {
    this.playing = false;
    this.note = note;
    this.line.hangUp();
    this.speaker?.close();
    this.speaker = null;
    this.reports.clear();
    this.changed();
  }

  followVolume() {
    const db = this.model.get("volume_db");
    this.speaker?.setVolume(db);
    if (db > FLOOR_DB) {
      this.quietSince = Infinity;
      if (this.reports.told?.muted) this.tellReport(); // the kernel rests until it hears of this
    } else if (this.quietSince === Infinity) this.quietSince = performance.now();
  }

  followLevels() {
    const loud = (this.model.get("levels").peak_db ?? FLOOR_DB) > FLOOR_DB;
    // Levels fall slowly; only a new sound after silence is the next touch.
    if (!this.toPage && loud && !this.wasLoud) this.panicked.lift();
    this.wasLoud = loud;
    this.levelsAt = performance.now();
    if (!this.playing) this.changed(); // else with the worklet's next report: a page draws as seldom as it can
  }

  /** Silence here and now; the kernel hears of it as soon as it listens. */
  panic() {
    if (!this.on) return;
    this.speaker?.mute();
    this.panicked.press(this.toPage);
    this.send({ type: "panic" });
    this.changed();
  }

  /** @param {ToKernel} message */
  send(message) {
    this.model.send(message);
  }

  /**
   * @param {ToPage} message
   * @param {DataView[]} buffers
   */
  fromKernel(message, buffers) {
    if (!this.playing || this.line.streaming) return; // what was on its way when the line took over is too late
    this.noteStream(message);
    if (message.type === "hello") return;
    if (message.type === "pcm") {
      if (message.echo) this.network.hear(message.echo, performance.now());
      if (this.held || this.speaker?.running) this.play({ ...message, samples: copied(buffers[0]) });
      return; // paused by the browser it would only pile up
    }
    // Rates need not agree, the worklet resamples; a node's channels are settled when it is made.
    if (message.type === "start" && this.speaker?.channels !== message.channels && !this.held) this.remake(message);
    this.play(message);
  }

  /** @param {SpeakerMessage} message */
  play(message) {
    if (this.held) this.held.push(message);
    else this.speaker?.post(message);
  }

  /** @param {{rate: number, channels: number}} start */
  async remake({ rate, channels }) {
    /** @type {SpeakerMessage[]} */ const held = [];
    this.held = held;
    try {
      await this.make(rate, channels);
    } catch (error) {
      this.turnOff(error instanceof Error ? error.message : String(error));
    }
    this.held = null;
    for (const message of held) this.speaker?.post(message);
  }

  /** @param {Report} report */
  fromWorklet(report) {
    if (!this.playing) return;
    this.panicked.reported(report, this.reports.newest);
    this.reports.take(report, performance.now());
    if (this.line.streaming || this.reports.due) this.tellReport();
    this.changed();
  }

  /** Tell the kernel how this page plays. */
  tellReport() {
    const { speaker } = this;
    if (!speaker) return;
    const now = performance.now();
    const report = this.reports.tell({
      output_latency: speaker.latency,
      network: this.network.ms / 1000,
      context: speaker.context.state,
      sent_at: now,
      muted: now - this.quietSince > SILENT_MS,
      hidden: document.hidden,
    });
    if (!report) return;
    if (this.line.streaming) this.line.line?.tell(report);
    else this.send(report);
  }
}

/** A copy: the view may lie unaligned in a buffer that is shared with other messages. @param {DataView} view */
function copied({ buffer, byteOffset, byteLength }) {
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
