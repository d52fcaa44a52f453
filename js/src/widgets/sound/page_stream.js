// Sound that the kernel's engine sends to this page: its speaker, the engine's own line, and what the page reports of it.

import { Speaker } from "../../audio/speaker.js";
import { FLOOR_DB } from "../../shared/decibels.js";
import { tell } from "../../shared/kernel_line.js";
import { LineKeeper } from "./line_keeper.js";
import { NetworkTime } from "./network_time.js";
import { Reports } from "./reports.js";

/**
 * @typedef {import("../../audio/speaker.js").Message} SpeakerMessage
 * @typedef {import("../../audio/stream_player.js").Report} Report
 * @typedef {import("../../audio/stream_player.js").Pcm} Pcm
 * @typedef {import("../../shared/protocol.js").SoundToPage} ToPage
 * @typedef {import("./page_sound.js").Model} Model
 */

const SILENT_MS = 10_000; // with the volume at silent for so long, the kernel need not decode
const LINE_MS = 700; // that a click waits for the engine's line; an engine that only just starts takes longer

export class PageStream {
  /**
   * @param {Model} model
   * @param {import("./panic_latch.js").PanicLatch} panicked
   * @param {{ playing(): boolean, changed(): void, reported(): void, ended(): void, failed(note: string): void
   *   }} owner  playing: whether what comes is to be heard; ended: the stream has
   */
  constructor(model, panicked, owner) {
    this.model = model;
    this.panicked = panicked;
    this.owner = owner;
    /** @type {Speaker | null} */ this.speaker = null;
    /** @type {SpeakerMessage[] | null} */ this.held = null; // that arrive while another speaker is being made
    this.engineSeconds = 0;
    this.lead = 0; // seconds, as the kernel last said
    this.sounds = false; // as the speaker last reported
    this.quietSince = Infinity; // when the volume was turned down to silent
    this.reports = new Reports();
    this.network = new NetworkTime();
    this.line = new LineKeeper({
      name: () => model.get("page_line"),
      worker: () => model.get("_line_worker"),
      speaker: () => this.speaker,
      playing: () => owner.playing(),
      hear: (message) => this.fromLine(message),
      changed: () => this.tellLine(),
    });
  }

  /** Another engine has another line. */
  lineChanged() {
    this.line.forgive();
    this.panicked.forget();
    if (this.owner.playing()) this.line.connect();
  }

  /** Say which line this page holds, where it plays. */
  tellLine() {
    if (!this.owner.playing() || this.model.get("connected_line") === this.line.held) return;
    this.model.set("connected_line", this.line.held);
    this.model.save_changes();
  }

  /** Get ready to play, inside the user's click. @throws {Error} with a sentence for the user */
  async open() {
    this.reports.forgive();
    this.panicked.forget();
    try {
      await this.make(this.model.get("rate") || 48000, this.model.get("channels") || 1);
      this.line.connect(); // with a speaker, which must not miss where a stream starts
      await this.line.line?.settled(LINE_MS);
    } catch (error) {
      this.line.hangUp();
      throw error;
    }
  }

  close() {
    this.line.hangUp();
    this.speaker?.close();
    this.speaker = null;
    this.sounds = false;
    this.reports.clear();
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
        this.owner.changed();
      },
    });
    this.line.line?.playBy(this.speaker);
  }

  /** @param {import("./line_keeper.js").Heard} message */
  fromLine(message) {
    if (message.type === "echo") this.network.hear(message.echo, performance.now());
    // A node's channels are settled when it is made: the kernel's way makes another.
    else if (message.type === "start" && this.speaker && this.speaker.channels !== message.channels) this.line.lose();
    else this.note(message);
  }

  /** What a message of either way says of the stream. @param {ToPage | import("./line_keeper.js").Heard} message */
  note(message) {
    if ("lead" in message) this.lead = message.lead;
    if (message.type === "panic") this.panicked.answered();
    if (message.type !== "start") return;
    this.engineSeconds = message.engine_seconds || 0;
    if (this.panicked.started(message.panics)) this.speaker?.mute();
  }

  /**
   * @param {ToPage} message
   * @param {DataView[]} buffers
   */
  fromKernel(message, buffers) {
    if (!this.owner.playing() || this.line.streaming) return; // what was on its way when the line took over is too late
    this.note(message);
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
      this.owner.failed(error instanceof Error ? error.message : String(error));
    }
    this.held = null;
    for (const message of held) this.speaker?.post(message);
  }

  /** @param {number} db */
  setVolume(db) {
    this.speaker?.setVolume(db);
    if (db > FLOOR_DB) {
      this.quietSince = Infinity;
      if (this.reports.told?.muted) this.tellReport(); // the kernel rests until it hears of this
    } else if (this.quietSince === Infinity) this.quietSince = performance.now();
  }

  /** @param {Report} report */
  fromWorklet(report) {
    if (!this.owner.playing()) return;
    this.sounds = report.peak > 0;
    if (report.state === "off") this.owner.ended();
    else this.owner.reported();
    this.panicked.reported(report, this.reports.newest);
    this.reports.take(report, performance.now());
    if (this.line.streaming || this.reports.due) this.tellReport();
    this.owner.changed();
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
    else tell(this.model, report);
  }
}

/** A copy: the view may lie unaligned in a buffer that is shared with other messages. @param {DataView} view */
function copied({ buffer, byteOffset, byteLength }) {
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}
