// The sound of one model, however many views show it: whether it is on, where it plays, and the messages both ways. This
// page makes it, or plays what the kernel makes; with an output that is not here it is only the kernel's remote control.

import { FADED_MS } from "../../audio/fader.js";
import { NO_WORKLET } from "../../audio/speaker.js";
import { FLOOR_DB } from "../../shared/decibels.js";
import { isPanic, placeOf } from "../../shared/escape.js";
import { tell } from "../../shared/kernel_line.js";
import { keepSettings } from "./kept_settings.js";
import { PageEngine } from "./page_engine.js";
import { PageStream } from "./page_stream.js";
import { PanicLatch } from "./panic_latch.js";
import { PAGE, STREAM } from "./sound_words.js";

/**
 * @typedef {import("../../shared/protocol.js").SoundToPage} ToPage
 * @typedef {{ sound_on: boolean, output: string, outputs: { id: string, label: string }[], output_line: string,
 *   volume_db: number, rate: number, channels: number, levels: import("./sound_words.js").Levels, status_text: string,
 *   page_host: string, page_line: string, connected_line: string, key: string, saved_as: string, resumed: string,
 *   too_slow: boolean, passing: string[], _worklet: string, _line_worker: string, _engine: string }} State
 * @typedef {import("@anywidget/types").AnyModel<State>} Model
 */

const HANDOVER_MS = 12_000; // that what was left plays on at most until the kernel says that the new sound is heard
const TAKEN_OVER = "The sound was turned off or taken over elsewhere.";
const TOO_SLOW = "This machine is too slow to make the sound in this page; the kernel makes it.";
/** @type {(keyof State)[]} */
const SHOWN = ["volume_db", "status_text", "outputs", "output_line"];

export class PageSound {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.playing = false; // this page plays, or will with the next sample
    this.starting = false;
    this.note = "";
    this.levelsAt = -Infinity; // when the kernel last told its levels
    this.wasLoud = false;
    this.leaving = ""; // an output that is still heard in this page, until the one that was chosen is
    this.handover = 0; // timer
    this.crossing = false; // the two fade
    this.panicked = new PanicLatch();
    this.stream = new PageStream(model, this.panicked, {
      playing: () => this.playing && (this.toPage || this.leaving === STREAM),
      changed: () => this.changed(),
      reported: () => this.look(),
      ended: () => this.leaving === STREAM && this.handedOver(),
      failed: (note) => this.turnOff(note),
    });
    this.engine = new PageEngine(model, {
      changed: () => this.engineChanged(),
      reported: () => {
        this.look();
        this.changed();
      },
      said: (sentence) => {
        this.note = sentence;
      },
      displaced: () => this.turnOff(TAKEN_OVER),
      tooSlow: () => this.giveUp(),
    });
    /** @type {Set<() => void>} */ this.views = new Set();
  }

  /** Whether this page makes the sound. */
  get made() {
    return this.model.get("output") === PAGE;
  }

  /** Whether this page plays what the kernel makes. */
  get toPage() {
    return this.model.get("output") === STREAM;
  }

  /** Whether the sound is on, for this page to play or for the kernel. */
  get on() {
    return isHere(this.model.get("output")) ? this.playing : Boolean(this.model.get("sound_on"));
  }

  /** What is wrong with what is made in this page, or nothing. */
  get error() {
    return this.made ? this.engine.player.error : "";
  }

  /** Whether the browser has paused the sound. */
  get paused() {
    const { speaker } = this.stream;
    return this.made ? this.engine.player.paused : speaker !== null && !speaker.running;
  }

  /** @param {AbortSignal | undefined} signal */
  bind(signal) {
    const { model } = this;
    const here = isHere(model.get("output"));
    if (here && model.get("sound_on")) {
      // A page that was reloaded: the browser wants a click before it lets this one sound.
      this.note = "The page was reloaded: turn the sound on again.";
      model.set("sound_on", false);
    }
    if (here && !window.isSecureContext) this.note = NO_WORKLET;
    const host = location.hostname || "page"; // a page that is in a frame's own text has none
    if (model.get("page_host") !== host) model.set("page_host", host);
    model.save_changes();
    model.on("msg:custom", (message, buffers) => this.fromKernel(message, buffers || []));
    model.on("change:sound_on", () => {
      if (this.playing && !model.get("sound_on")) this.turnOff(TAKEN_OVER);
      this.changed();
    });
    model.on("change:page_line", () => this.stream.lineChanged());
    model.on("change:connected_line", () => this.stream.tellLine()); // what another page has written last is put right
    model.on("change:output", () => void this.followOutput());
    model.on("change:volume_db", () => this.followVolume());
    model.on("change:levels", () => this.followLevels());
    for (const name of SHOWN) model.on(`change:${name}`, () => this.changed());
    const onKey = (/** @type {KeyboardEvent} */ event) => {
      if (isPanic(event, placeOf(event))) this.panic();
    };
    document.addEventListener("keydown", onKey, { capture: true, signal });
    document.addEventListener("visibilitychange", () => this.stream.tellReport(), { signal });
    window.addEventListener("pagehide", () => this.playing && this.turnOff(""), { signal });
    signal?.addEventListener("abort", () => this.leave(""));
    this.followVolume();
    keepSettings(this, signal);
  }

  changed() {
    for (const view of this.views) view();
  }

  /** @template {keyof State} K @param {K} name @param {State[K]} value */
  tellKernel(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }

  /** Called inside the user's click. */
  async turnOn() {
    if (this.on || this.starting) return;
    const { model } = this;
    this.note = "";
    this.panicked.lift();
    // Another page may be playing: only a change tells it that this one takes over.
    if (model.get("sound_on")) this.tellKernel("sound_on", false);
    // A kernel that has not loaded its codec yet does so when the sound is on.
    if (!this.toPage) this.tellKernel("sound_on", true);
    if (isHere(model.get("output"))) {
      let output = "";
      while (output !== model.get("output")) {
        output = model.get("output"); // the kernel may find that it cannot be made here
        this.playing = await this.open(output);
      }
      if (this.playing) model.set("connected_line", this.stream.line.held);
      this.tellKernel("sound_on", this.playing);
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
   * Play through another output; called inside the user's click, or where this machine is too slow for the one that plays.
   * @param {string} output @param {boolean} [tooSlow]
   */
  async choose(output, tooSlow = false) {
    const before = this.model.get("output");
    if (output === before || this.starting) return this.changed();
    this.note = "";
    this.model.set("too_slow", tooSlow); // goes with the output
    const on = this.model.get("sound_on");
    if (!on || !isHere(output)) this.goOver(output);
    else if (await this.opened(output)) {
      this.playing = true;
      this.model.set("connected_line", this.stream.line.held);
      this.goOver(output);
    }
    this.changed();
  }

  /** This page can play, and still should. @param {string} output @returns {Promise<boolean>} */
  async opened(output) {
    const before = this.model.get("output");
    // from a sound card: the kernel fades it in when the other fades out
    if (output === PAGE && !isHere(before)) this.engine.beginSilent();
    const opening = this.open(output);
    const blind = output === PAGE && !this.engine.handed; // the kernel hands over the decoder when it hears of the choice
    if (blind) this.goOver(output);
    const [done, on] = [await opening, this.model.get("sound_on")];
    if (!on) this.leave("");
    else if (!done && blind) this.goOver(before);
    return done && on;
  }

  /** Another output plays; what this page plays goes on until that is heard. @param {string} output */
  goOver(output) {
    const before = this.model.get("output");
    if (output === before) return;
    this.stay(before, output);
    this.tellKernel("output", output);
  }

  /**
   * What this page plays by an output that was left goes on until the other is heard, as page or kernel say.
   * @param {string} before @param {string} output
   */
  stay(before, output) {
    const sounds = before === PAGE ? this.engine.on : before === STREAM && this.stream.speaker !== null;
    this.leaving = this.playing && sounds ? before : "";
    clearTimeout(this.handover);
    [this.crossing, this.handover] = [false, window.setTimeout(() => this.handedOver(), HANDOVER_MS)];
    if (this.leaving && isHere(output)) this.fader(output)?.begin();
  }

  /** @param {string} output */
  fader(output) {
    return (output === PAGE ? this.engine.player.host : this.stream.speaker)?.fader;
  }

  /** Whether the two ways of this page are to fade across now: the new one sounds, or the old one does not. */
  look() {
    const { leaving } = this;
    if (!leaving || this.crossing || !isHere(this.model.get("output"))) return;
    const [made, sent] = [this.engine.sounds, this.stream.sounds];
    const [old, now] = leaving === PAGE ? [made, sent] : [sent, made];
    if (!now && old) return;
    this.crossing = true;
    this.fader(leaving)?.to(0);
    this.fader(leaving === PAGE ? STREAM : PAGE)?.to(1);
    clearTimeout(this.handover);
    this.handover = window.setTimeout(() => this.handedOver(), FADED_MS);
  }

  /** What was left is heard no more. */
  handedOver() {
    clearTimeout(this.handover);
    if (this.leaving && isHere(this.model.get("output"))) {
      this.fader(this.made ? PAGE : STREAM)?.to(1);
      tell(this.model, { type: "left" });
    }
    this.leaving = "";
    if (!this.made) this.engine.stop();
    else this.engine.player.rise(); // if the kernel has not said so
    if (!this.toPage) this.stream.close();
    if (!isHere(this.model.get("output"))) this.playing = false;
    this.changed();
  }

  /** The kernel has moved the sound, say because its codec cannot go into the page: what plays here goes on here. */
  async followOutput() {
    const output = this.model.get("output");
    if (this.playing && !this.starting) {
      const on = output === PAGE ? this.engine.on : this.stream.speaker;
      if (isHere(output) && !on && !(await this.open(output))) this.turnOff(this.note);
      else if (!this.leaving) this.stay(output === PAGE ? STREAM : PAGE, output);
    }
    this.changed();
  }

  /** This machine cannot make the sound: the kernel does, if it answers. */
  async giveUp() {
    if (!this.playing || !this.made || this.starting || this.leaving || this.engine.deaf) return;
    const going = this.choose(STREAM, true);
    this.note = TOO_SLOW; // at once: the audio thread has little time, and another speaker takes seconds to open in it
    this.changed();
    await going;
    if (this.made) this.engine.reports.judgeAnew(); // it did not open, and the note says why
  }

  /** Get ready to play here. @param {string} output @returns {Promise<boolean>} whether that worked; if not, the note says why */
  async open(output) {
    this.starting = true;
    this.changed();
    try {
      await (output === PAGE ? this.engine : this.stream).open();
    } catch (error) {
      this.note = error instanceof Error ? error.message : String(error);
    }
    this.starting = false;
    return output === PAGE ? this.engine.on : this.stream.speaker !== null;
  }

  /** Play no more in this page; the sound may go on elsewhere. @param {string} note */
  leave(note) {
    this.playing = false;
    this.note = note;
    this.leaving = "";
    clearTimeout(this.handover);
    this.engine.stop();
    this.stream.close();
    this.changed();
  }

  /** Go on after the browser has paused the sound; inside the user's click. */
  resume() {
    if (this.made) this.engine.player.resume();
    else this.stream.speaker?.resume();
  }

  /** The engine in this page has something to say; one that failed sounds no more. */
  engineChanged() {
    const { on, player } = this.engine;
    if (this.playing && this.made && !this.starting && !on && !player.starting) this.turnOff(player.error);
    else this.changed();
  }

  followVolume() {
    const db = this.model.get("volume_db");
    this.stream.setVolume(db);
    this.engine.player.setVolume(db);
  }

  followLevels() {
    const loud = (this.model.get("levels").peak_db ?? FLOOR_DB) > FLOOR_DB;
    // Levels fall slowly; only a new sound after silence is the next touch.
    if (!isHere(this.model.get("output")) && loud && !this.wasLoud) this.panicked.lift();
    this.wasLoud = loud;
    this.levelsAt = performance.now();
    if (!this.playing) this.changed(); // else with the worklet's next report: a page draws as seldom as it can
  }

  /** Silence here and now; the kernel hears of it as soon as it listens. */
  panic() {
    if (!this.on) return;
    this.stream.speaker?.mute();
    if (this.engine.on) this.engine.panic();
    if (!this.made) this.panicked.press(this.toPage);
    tell(this.model, { type: "panic" });
    this.changed();
  }

  /**
   * @param {ToPage | import("../../shared/protocol.js").EngineToPage} message
   * @param {DataView[]} buffers
   */
  fromKernel(message, buffers) {
    if (this.engine.take(/** @type {any} */ (message))) {
      if (message.type === "hush" && this.leaving === PAGE) this.handedOver();
      return;
    }
    this.stream.fromKernel(/** @type {ToPage} */ (message), buffers);
  }
}

/** Whether an output is this page. @param {string} output */
const isHere = (output) => output === PAGE || output === STREAM;
