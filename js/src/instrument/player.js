// Plays a setup in the page: holds the engine while the sound is on, and keeps it at what is wanted of it.

import { countsGaps, LAST_WORDS, PageHost } from "../engine/audio/hosts/page_host.js";
import { readCodec } from "../engine/codecs/loading.js";
import { HeldHands } from "./held_hands.js";
import { Listener } from "./live/listener.js";
import { OutputLatency } from "./output_latency.js";
import { Recordings } from "./recordings.js";
import { applied, updateBetween } from "./setup.js";

const GESTURE_MS = 8; // the browser hands on pointer moves once a frame
const LIMITER_MS = 1.5; // it looks ahead
const MOST_LOOKS = 20; // a second
const LASTING = ["gain", "trace"]; // messages that an engine that follows is told too

/** @typedef {import("../engine/audio/hosts/played_hand.js").HandGesture} Gesture */
/** @typedef {import("../engine/codecs/loading.js").PackedCodec} Codec */

/**
 * @typedef {object} Told
 * @property {() => void} changed Something that is shown has changed.
 * @property {(message: any) => void} report The engine has reported.
 */

export class Player {
  /**
   * @param {object} parts
   * @param {string} parts.worklet Text of the engine's module.
   * @param {Uint8Array} parts.decoder The codec's decoder, a safetensors file.
   * @param {import("./setup.js").Setup} parts.setup
   * @param {number} parts.db Volume.
   * @param {Told} parts.told
   */
  constructor({ worklet, decoder, setup, db, told }) {
    this._worklet = worklet;
    this.decoder = decoder;
    this.setup = setup;
    this.db = db;
    this._told = told;
    /** @type {PageHost | null} */ this._host = null;
    /** The one that it has followed, until it is heard. @type {PageHost | null} */ this._leaving = null;
    /** One that is made before the click. @type {(import("../engine/audio/hosts/page_host.js").Prepared & { codec: Codec }) | null} */
    this._prepared = null;
    this._silent = true; // as the host last reported
    this._looks = 0; // reports that are still waited for
    /** @type {import("./setup.js").Setup | null} */ this._sent = null;
    this.starting = false;
    this._output = new OutputLatency(countsGaps());
    this._late = false; // sound has come too late, and the host that plays is to be replaced
    this._recordings = new Recordings((message) => told.report(message));
    this._frameMs = 0; // of the decoder that plays
    /** Where the first hand is, or was last, control units; null before. @type {number[] | null} */ this.place = null;
    this._held = new HeldHands();
    this.listener = new Listener();
    /** The newest message of each lasting kind. @type {Map<string, any>} */ this._lasting = new Map();
    this.error = ""; // what went wrong, or nothing
    this._dry = 0; // quanta that the browser has left out
  }

  /** Whether it sounds, or would. */
  get on() {
    return this._host !== null;
  }

  /** Whether the browser has paused the sound. */
  get paused() {
    return this._host !== null && !this._host.running;
  }

  /** Whether there is something to play: without a mapping all places sound the same. */
  get ready() {
    return this.setup.mapping.config.assets?.mapping?.config.kind !== undefined;
  }

  /** Whether panic keeps a hand on the plane silent. */
  get hushed() {
    return this.on && this._silent && this._held.hushed;
  }

  /** The engine's end in this page, while the sound is on. */
  get host() {
    return this._host;
  }

  /** Gaps in what was heard since it was turned on: quanta left out, and the browser's own count of the rest. */
  get gaps() {
    return this._host ? this._output.heard : 0;
  }

  /**
   * How long from a gesture to the ear, part by part: a frame begins half its length later on average.
   * @returns {[string, number][]} Name and milliseconds.
   */
  get latencyParts() {
    if (!this._host) return [];
    return [
      ["gesture", GESTURE_MS],
      ["frame", this._frameMs / 2],
      ["limiter", LIMITER_MS],
      ["output", 1000 * this._host.latency],
    ];
  }

  /** Turn the sound on; inside the user's click. */
  async start() {
    this._prepared?.click();
    if (!this._host && !this.starting) await this._make();
  }

  /** Make an engine before the click, as far as the browser allows that: it takes most of the time. */
  prepare() {
    try {
      const codec = readCodec(this.decoder);
      this._prepared = { ...this._engine(codec), codec };
      this._prepared.host.catch(() => {}); // the click says why
    } catch {
      // the click reads it again, and says why it cannot
    }
  }

  /** @param {Codec} codec */
  _engine(codec) {
    /** @type {PageHost | null} */
    let own = null;
    const prepared = PageHost.prepare({
      worklet: this._worklet,
      codec,
      db: this.db,
      hint: this._output.hint,
      onMessage: (message) => this._hear(own, message),
      onState: () => this._told.changed(),
    });
    const made = (/** @type {PageHost} */ host) => {
      own = host;
    };
    prepared.host.then(made, () => {});
    return prepared;
  }

  /**
   * Play by another decoder; until it is there the old one plays. One that was built again of other sounds goes on without
   * a gap.
   * @param {Uint8Array} decoder
   */
  async use(decoder) {
    this.decoder = decoder;
    if (this._host && !this.starting && decoder.length) await this._make();
  }

  /** @param {boolean} replaces Also where the one that plays could go on. */
  async _make(replaces = false) {
    const { decoder } = this;
    this.starting = true;
    this.error = "";
    this._told.changed();
    try {
      const codec = this._prepared?.codec ?? readCodec(decoder);
      if (replaces || !this._host?.exchange(codec)) await this._replace(codec, replaces);
    } catch (error) {
      this._late = false;
      this.error = error instanceof Error ? error.message : String(error);
    }
    this.starting = false;
    this._told.changed();
    if (this._host && this.decoder !== decoder && this.decoder.length) await this._make(); // another one has come meanwhile
  }

  /**
   * @param {Codec} codec
   * @param {boolean} replaces As `_make`: then a recording that has begun meanwhile goes before.
   */
  async _replace(codec, replaces) {
    const before = this._host;
    const prepared = this._prepared ?? this._engine(codec);
    this._prepared = null;
    prepared.click();
    const made = await prepared.host;
    made.setVolume(this.db);
    // turned off while it was made, or not wanted now
    if (before !== this._host || (replaces && this._recordings.size)) {
      made.close();
      return;
    }
    this._faded();
    this._host = made;
    if (before) {
      this._leaving = before;
      this._looks = this._silent ? 0 : MOST_LOOKS;
      made.fader.begin();
    }
    this._frameMs = (1000 * codec.ratio) / codec.sampleRate;
    this._dry = 0;
    this._late = false;
    this._output.begin(performance.now(), before !== null);
    this._sent = null;
    this.set(this.setup);
    this._hold();
    for (const message of [...this._lasting.values(), ...this._recordings.begin()]) this._host.post(message);
    this.listener.follow(this._host);
  }

  /** @param {PageHost | null} from @param {any} message */
  _hear(from, message) {
    if (!from || !this._host || from === this._host) this._take(message);
    // of one that another has followed only the last words; and a trace goes on in that one
    else if (LAST_WORDS.includes(message.type)) this._take({ ...message, ended: false });
  }

  /** The engine that follows is heard, or will not be: what it follows fades out. */
  _faded() {
    if (this._leaving) this._host?.follow(this._leaving);
    this._leaving = null;
  }

  /** Turn it off. */
  stop() {
    this._leaving?.close();
    this._leaving = null;
    this._held.clear(); // where a hand is meanwhile, nobody says
    this._lasting.clear();
    this.listen(null);
    this._host?.close();
    this._host = null;
    this._recordings.off();
    this._told.changed();
  }

  /**
   * Play this from now on.
   * @param {import("./setup.js").Setup} setup
   */
  set(setup) {
    const was = this.ready;
    this.setup = setup;
    if (!this._host) return;
    const update = updateBetween(this._sent, setup);
    this._sent = setup;
    if (update) this._host.post({ type: "update", ...update });
    if (!was) this._hold();
  }

  /** What is held sounds, if there is something to play. */
  _hold() {
    if (!this.ready) return;
    for (const { place, pressure, hand } of this._held.gestures) {
      this._host?.post({ type: "hand", place, down: true, pressure, hand });
    }
  }

  /**
   * Change values of the patch.
   * @param {Record<string, any>} changes By address.
   */
  change(changes) {
    this.set({ ...this.setup, patch: applied(this.setup.patch, changes) });
  }

  /**
   * A hand has moved; before the sound is on, it is held from then on.
   * @param {Gesture} gesture
   * @returns {boolean} Whether there is something to play, and the sound is on.
   */
  hand(gesture) {
    // a pointer that hovers never lifts: its press is the next touch
    if (gesture.press && this._held.press()) this.hand({ ...gesture, down: false, press: false });
    if (!gesture.hand) this.place = gesture.place;
    this._held.move(gesture);
    if (!this._host || (gesture.down && !this.ready)) return false;
    for (const host of [this._host, this._leaving]) host?.post({ type: "hand", ...gesture });
    return true;
  }

  /** The first hand comes up, where it is. */
  lift() {
    if (this.place) this.hand({ place: this.place, down: false });
  }

  /** Something else for the engine, as `RenderLoop.take` knows it. @param {any} message */
  post(message) {
    if (LASTING.includes(message.type)) this._lasting.set(message.type, message);
    this._recordings.note(message);
    if (this._host) this._host.post(message);
    else this._recordings.wait(message);
  }

  /** It is heard, whatever gain it was to begin with. */
  rise() {
    if (this._lasting.get("gain")?.gain === 0) this.post({ type: "gain", gain: 1 });
  }

  /** Listens to a source, or to nothing, as `Listener`. @param {import("./live/live_sound.js").Opened | null} opened */
  listen(opened) {
    this.listener.listen(opened, this._host);
  }

  /** How long from a sound in front of the microphone to the ear, part by part. @returns {[string, number][]} */
  get listeningParts() {
    return this.listener.parts(this._host, this._frameMs, LIMITER_MS);
  }

  /** Silence within 5 ms, until the next touch. */
  panic() {
    this._held.panic();
    for (const host of [this._host, this._leaving]) host?.post({ type: "panic" });
  }

  /** @param {number} db */
  setVolume(db) {
    this.db = db;
    this._host?.setVolume(db);
  }

  /** Go on after the browser has paused the sound; inside the user's click. */
  resume() {
    this._host?.resume();
  }

  /** @param {any} message */
  _take(message) {
    if (message.type === "report") {
      this.error = message.error;
      this._silent = message.silent;
      if (this._leaving && (!message.silent || this._looks-- <= 0)) this._faded();
      this._told.report(message);
      const { _host: host } = this;
      const now = performance.now();
      const overloaded = message.ownShare > 1;
      if (host && this._output.watch(this._dry + host.gaps, () => host.delay, now, overloaded)) this._late = true;
      // not in a recording, which another context would end
      if (this._late && this._host && !this.starting && !this._recordings.size) this._make(true);
    } else if (message.type === "fault") {
      this._held.clear();
      this._leaving?.close();
      this._host?.close();
      this._leaving = this._host = null;
      this.listen(null);
      this._recordings.loseAll(message.text);
      this.error = `The sound has stopped because of an error (${message.text}); turn it on again.`;
      this._told.changed();
    } else if (message.type === "live") {
      this.listener.take(message, this._host);
    } else if (message.type === "dry") {
      this._dry = message.quanta;
    } else if (message.type === "unrecorded") this._recordings.lose(message.recording);
    else {
      if (message.type === "take") this._recordings.end(message.recording);
      this._told.report(message);
    }
  }
}
