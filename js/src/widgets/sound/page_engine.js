// The engine in this page, for one model: follows what that says should play, plays what the page's views feel, and tells
// the kernel what it does. A kernel that is busy or gone stops nothing.

import { Player } from "../../instrument/player.js";
import { allPaused } from "../../instrument/playhead_row.js";
import { applied } from "../../instrument/setup.js";
import { SetupTraits } from "../../instrument/setup_traits.js";
import { tell } from "../../shared/kernel_line.js";
import { goLive, leaveLive } from "../../shared/live_players.js";
import { EngineReports } from "./engine_reports.js";
import { PageRecording } from "./page_recording.js";

/** @typedef {import("../../shared/protocol.js").EngineToPage} ToPage */
/** @typedef {import("../../shared/protocol.js").EngineToKernel} ToKernel */

/**
 * @typedef {object} Owner
 * @property {() => void} changed Something that is shown has changed.
 * @property {(report: any) => void} reported The engine has reported.
 * @property {(sentence: string) => void} said To be shown.
 * @property {() => void} displaced Another view of the session plays here from now on.
 * @property {() => void} tooSlow This machine makes less than it plays.
 */

const DECODER_MS = 30_000; // a kernel that only now loads its codec takes a second or two; a busy one longer
const NO_DECODER = "The kernel does not answer: it has to hand over the codec before this page can play.";
const SLIDING_MS = 800; // for so long after a move or a change the kernel's answers may be about an earlier one

export class PageEngine {
  /**
   * @param {any} model Of a widget with the traits of an engine.
   * @param {Owner} owner
   */
  constructor(model, owner) {
    this.model = model;
    this.owner = owner;
    this.reports = new EngineReports();
    this.traits = new SetupTraits(model);
    this.slidAt = this.changedAt = -Infinity; // milliseconds
    /** What this page has changed lately, by address. @type {Record<string, any>} */
    this.changes = {};
    this.later = 0; // timer
    this.teller = Date.now() + Math.random(); // no two pages' are alike
    this.order = 0; // of what is told in order
    this.seen = true; // a view is there, in which a take can be asked for
    /** Recordings that the kernel has not written yet, by number. @type {Map<number, PageRecording>} */
    this.recordings = new Map();
    this.player = new Player({
      worklet: model.get("_engine"),
      decoder: this.traits.decoder,
      setup: this.traits.setup,
      db: model.get("volume_db"),
      told: { changed: () => this.changed(), report: (message) => this.hear(message) },
    });
    this.traits.follow((setup) => this.follow(setup));
    model.on("change:_decoder", () => this.player.use(this.traits.decoder));
  }

  get on() {
    return this.player.on;
  }

  /** Every value that is set, by address. */
  get patch() {
    return this.player.setup.patch;
  }

  /** Where each latent's modulator was at the engine's newest report. @returns {number[] | null} */
  get phases() {
    return this.on ? (this.reports.newest?.phases ?? null) : null;
  }

  /** Whether the kernel should have answered by now. */
  get deaf() {
    return this.reports.kernel.silent(performance.now());
  }

  /** Whether the kernel has handed over by what to decode. */
  get handed() {
    return this.traits.decoder.length > 0;
  }

  /** Whether something sounds, as the engine last reported. */
  get sounds() {
    return this.on && this.reports.newest?.silent === false;
  }

  /** Where it begins, it does so without a sound: the kernel fades it in. */
  beginSilent() {
    if (!this.on) this.player.post({ type: "gain", gain: 0 });
  }

  /** Turn it on, inside the user's click. @throws {Error} with a sentence for the user */
  async open() {
    const { player } = this;
    this.seen = true;
    await this.decoder();
    if (!this.handed) throw new Error(NO_DECODER);
    player.decoder = this.traits.decoder;
    this.reports.clear();
    player.db = this.model.get("volume_db");
    await player.start();
    if (!player.on) throw new Error(player.error);
    goLive(this.model.get("key"), this);
  }

  /** Until the kernel has handed over by what to decode, or has found that the sound cannot be made here. */
  decoder() {
    if (this.handed) return Promise.resolve();
    return new Promise((resolve) => {
      for (const name of ["_decoder", "output"]) this.model.on(`change:${name}`, () => resolve(null));
      setTimeout(resolve, DECODER_MS);
    });
  }

  stop() {
    leaveLive(this.model.get("key"), this);
    if (this.on) this.player.stop();
  }

  /** Silence within 5 ms; what plays by itself pauses, here too if the kernel is busy. */
  panic() {
    this.player.panic();
    this.player.change(allPaused(this.patch));
  }

  changed() {
    this.owner.changed();
  }

  // --- what views in this page ask

  /** @param {import("../../instrument/player.js").Gesture} gesture */
  hand(gesture) {
    return this.player.hand(gesture);
  }

  lift() {
    this.player.lift();
  }

  /** @param {import("../../instrument/live/live_sound.js").Opened | null} opened */
  listen(opened) {
    this.player.listen(opened);
  }

  get ear() {
    return this.player.listener.ear;
  }

  get listeningEnded() {
    return this.player.listener.ended;
  }

  get listeningParts() {
    return this.player.listeningParts;
  }

  /** Another view of this session plays here from now on. */
  displaced() {
    this.owner.displaced();
  }

  /** @param {number[]} values Latents. */
  sliders(values) {
    if (!this.on || this.patch.source !== "sliders") return false;
    this.slidAt = performance.now();
    const latents = { shape: [values.length], data: Float32Array.from(values) };
    const { config, arrays } = this.player.setup.mapping;
    const asset = { kind: "mapping", config: { kind: "constant", config: { control_dim: 2 } } };
    const mapping = {
      config: { ...config, assets: { mapping: asset } },
      arrays: { ...arrays, "mapping:of/latents": latents },
    };
    this.player.set({ ...this.player.setup, mapping });
    return true;
  }

  /** This page's user has changed values of the patch, of which the kernel has been told. @param {Record<string, any>} changes */
  keepChanges(changes) {
    const now = performance.now();
    this.changes = { ...(now - this.changedAt < SLIDING_MS ? this.changes : {}), ...changes };
    this.changedAt = now;
  }

  /** What plays is set as the kernel says, whatever was changed here. */
  forgetChanges() {
    this.changedAt = -Infinity;
  }

  // --- from the kernel

  /** @param {import("../../instrument/setup.js").Setup} setup */
  follow(setup) {
    const since = performance.now() - SLIDING_MS;
    const slides = setup.patch.source === "sliders" ? this.slidAt - since : 0;
    const changes = this.changedAt - since;
    this.player.set({
      ...setup,
      patch: changes > 0 ? applied(setup.patch, this.changes) : setup.patch,
      mapping: slides > 0 ? this.player.setup.mapping : setup.mapping,
    });
    const left = Math.max(slides, changes);
    clearTimeout(this.later);
    if (left > 0) this.later = window.setTimeout(() => this.follow(this.traits.setup), left);
    this.changed();
  }

  /** @param {ToPage} message @returns {boolean} whether it was for the engine */
  take(message) {
    const { player } = this;
    if (message.type === "hand") player.hand(/** @type {any} */ (message));
    else if (message.type === "gain") player.post({ type: "gain", gain: message.gain });
    else if (message.type === "hush") player.panic();
    else if (message.type === "record") this.record(message.recording, message.on);
    else if (message.type === "trace") player.post({ type: "trace", on: message.on });
    else if (message.type === "written") this.written(message.recording, message.problem);
    else if (message.type === "refused") {
      this.forgetChanges();
      this.follow(this.traits.setup);
    } else if (message.type === "here") {
      this.reports.kernel.answered();
      this.changed();
    } else return false;
    return true;
  }

  /** Begin a recording, or end it. @param {number} recording Its number. @param {boolean} on */
  record(recording, on) {
    if (on) {
      for (const [number, before] of this.recordings) if (this.only(before) && before.whole) this.save(number); // else it would be gone
      this.recordings.set(recording, new PageRecording(recording));
    }
    this.player.post({ type: on ? "record" : "stop recording", recording });
  }

  /** The kernel has written a take, or could not. @param {number} recording @param {string} problem */
  written(recording, problem) {
    const own = this.recordings.get(recording);
    if (problem && own) own.refused = true;
    else this.recordings.delete(recording);
    this.changed();
  }

  /** Whether this page has the only copy. @param {PageRecording} recording */
  only(recording) {
    return recording.refused || this.deaf;
  }

  /** Whether there is a take that only this page has. */
  get stranded() {
    return [...this.recordings.values()].some((recording) => this.only(recording));
  }

  /** Those takes, as files of the browser: as often as is asked for, as it may have no room for them either. */
  download() {
    for (const [number, recording] of this.recordings) {
      if (!this.only(recording)) continue;
      try {
        if (recording.whole) recording.download();
        else this.record(number, false); // and again, once it is whole
      } catch (error) {
        this.owner.said(`The take could not be saved by the browser: ${/** @type {Error} */ (error).message}`);
      }
    }
    this.changed();
  }

  /** No view is left: takes that only this page has are saved by the browser, one that is on its way too. */
  unseen() {
    this.seen = false;
    for (const [number, recording] of this.recordings) if (this.only(recording) && recording.whole) this.save(number);
  }

  /** A take that nobody could ask for any more. @param {number} number */
  save(number) {
    this.recordings.get(number)?.download();
    this.recordings.delete(number);
  }

  // --- from the engine

  /** @param {any} message */
  hear(message) {
    const { type, recording } = message;
    if (type === "recorded") {
      const { audio, live } = message;
      this.recordings.get(recording)?.sound(audio, live);
      this.tellInOrder({ type, recording, live: live.length > 0 }, copies([...audio, ...live]));
    } else if (type === "take") this.ended(recording, message.take);
    else if (type === "unrecorded") this.unrecorded(recording, message.problem);
    else if (type === "traced") {
      const { dims, ended, places, latents } = message;
      this.tellInOrder({ type, dims, ended }, [places.buffer, latents.buffer]);
    } else if (type === "report") this.report(message);
  }

  /** @param {any} message */
  report(message) {
    const told = this.reports.take(message, performance.now());
    if (told) this.tell(told);
    if (this.reports.tooSlow) this.owner.tooSlow();
    this.owner.reported(message);
  }

  /** A recording is whole: the kernel writes it, or the browser downloads it. @param {number} number @param {any} take */
  ended(number, take) {
    const own = this.recordings.get(number);
    if (!own) return;
    const { text, arrays } = own.end(take);
    this.tellInOrder({ type: "take", recording: number, gestures: text }, [arrays.slice().buffer]);
    if (!this.seen && this.only(own)) this.save(number);
    this.changed();
  }

  /** A recording has come to nothing. @param {number} number @param {string} problem */
  unrecorded(number, problem) {
    this.recordings.delete(number);
    this.tellInOrder({ type: "unrecorded", recording: number, problem });
    this.owner.said(`Nothing was recorded: ${problem}.`);
    this.changed();
  }

  /**
   * What makes sense in its order alone: a kernel may take messages by several threads, one before an earlier one.
   * @param {any} message @param {ArrayBuffer[]} [buffers]
   */
  tellInOrder(message, buffers) {
    if (this.tell({ ...message, teller: this.teller, order: this.order }, buffers)) this.order++;
  }

  /** @param {ToKernel} message @param {ArrayBuffer[]} [buffers] @returns {boolean} whether it is on its way */
  tell(message, buffers) {
    return tell(this.model, message, buffers);
  }
}

/** What is sent by a comm is given away. @param {Float32Array[]} channels */
const copies = (channels) => channels.map((samples) => samples.slice().buffer);
