// Renders what is about to be heard: takes messages, makes frames ahead of need, spreads their work, reports.

import { Engine } from "../engine/engine.js";
import { Gain } from "../engine/output/gain.js";
import { MAX_HANDS } from "../engine/sources/hand.js";
import { Recorder } from "../takes/recorder.js";
import { Recordings } from "../takes/recordings.js";
import { Update } from "../update.js";
import { LiveInput } from "./live_input.js";
import { OwnTime } from "./own_time.js";
import { PlayedHand } from "./played_hand.js";
import { Probe } from "./probe.js";
import { Tracing } from "./tracing.js";

/** @typedef {import("../update.js").Packed} Packed */

const LIGHT = 2; // rows whose work need not be spread
const PANIC_SECONDS = 0.005;
const REPORT_SECONDS = 0.05;

/**
 * The engine with its hands, in the sound's thread. Light frames are made piece by piece when they are needed, so that a
 * gesture is heard as soon as it can be; heavy ones during the frame before. Changes come in between two frames.
 */
export class RenderLoop {
  /**
   * @param {import("../../codecs/base.js").Codec} codec What decodes.
   * @param {(message: any, gifts?: Transferable[]) => void} tell Takes what the page should know.
   * @param {() => number} [now] Milliseconds.
   */
  constructor(codec, tell, now = Date.now) {
    const { info } = codec;
    this._ownTime = new OwnTime(info, now);
    this.engine = new Engine(codec);
    this._tell = tell;
    const sound = () => Array.from({ length: info.channels }, () => new Float32Array(info.ratio));
    this._now = sound(); // the frame that sounds
    this._next = sound();
    this._at = info.ratio; // place in it
    this._begun = false; // the engine is at the next frame already
    this._hands = Array.from({ length: MAX_HANDS }, () => new PlayedHand(this.engine));
    this._onsets = new Array(MAX_HANDS).fill(false); // in the frame that was begun
    /** Gestures that wait for a beat, by hand. @type {Map<number, import("./played_hand.js").HandGesture>} */
    this._waiting = new Map();
    this._gain = 1;
    this._panic = false;
    /** @type {number | null} */
    this._id = null; // of a gesture that waits to be heard
    /** @type {Packed[]} */
    this._updates = [];
    this._hush = new Gain(Math.floor(PANIC_SECONDS * info.sampleRate)); // of a panic in the middle of a frame
    /** @type {{ codec: import("../../codecs/base.js").Codec, recipe: any } | null} */
    this._coming = null; // what is gone on with
    this._fading = -1; // frames that are left of the fade before a recording
    this._recordings = new Recordings(tell);
    /** @type {Tracing | null} */
    this._tracing = null;
    const encoder = codec.liveEncoder?.();
    this._ear = encoder ? new LiveInput(encoder, info) : null;
    /** What it is bent by. */
    this._bent = this.engine.decoder.bent;
    /** What is listened by, while something is. @type {LiveInput | null} */
    this._live = null;
    this._probe = new Probe();
    this._seen = 0; // frames that were looked at for what was heard
    /** Where something sounded last. @type {Float32Array} */
    this._place = new Float32Array(0);
    this._latents = new Float32Array(info.latentDim);
    this._heardAny = false;
    /** @type {Record<string, import("../assets.js").PackedAsset>} */
    this._assets = {};
    this._refused = "";
    this._played = 0; // samples
    this._reported = 0;
  }

  /**
   * A message from the page.
   * @param {any} message
   */
  take(message) {
    switch (message.type) {
      case "hand":
        this._move(message);
        break;
      case "gain":
        this._gain = message.gain;
        break;
      case "update":
        this._updates.push(message);
        break;
      case "panic":
        this._panic = true;
        this._hush.set(0);
        break;
      case "record":
        this._recordings.ask(message.recording);
        break;
      case "trace":
        this._tracing?.end();
        this._tracing = message.on ? new Tracing(this.engine.info, this._tell) : null;
        break;
      case "listen":
        if (message.on && !this._live) this._ear?.reset();
        this._live = message.on ? this._ear : null;
        break;
      case "probe":
        this._probe.begin(message.noise);
        break;
      case "ping":
        this._tell({ type: "pong" });
        break;
      case "stop recording":
        this._recordings.end(message.recording);
        break;
      case "leave":
        this._recordings.close();
        this._tracing?.end();
        this._tracing = null;
        break;
    }
  }

  /**
   * Go on from the next frame on with a codec that was built again; its latents mean the same.
   * @param {import("../../codecs/base.js").Codec} codec
   * @param {any} recipe How the kernel has it, for a recording.
   */
  exchange(codec, recipe) {
    this._coming = { codec, recipe };
  }

  /** @param {import("./played_hand.js").HandGesture} gesture */
  _move(gesture) {
    const { hand = 0, id } = gesture;
    if (!(hand >= 0 && hand < MAX_HANDS)) return;
    this._waiting.delete(hand);
    if (gesture.waits && !this.engine.motion.onBeat) {
      this._waiting.set(hand, gesture);
      return;
    }
    this._hands[hand].move(gesture);
    if (id !== undefined) this._id = id;
  }

  /**
   * The next samples.
   * @param {Float32Array[]} out Is filled, `[A][S]`.
   * @param {Float32Array[]} [input] What is heard meanwhile, `[A][S]`.
   */
  pull(out, input) {
    const count = out[0].length;
    const { ratio } = this.engine.info;
    const place = this._at % ratio;
    this._ownTime.begin();
    for (let at = 0; at < count; ) {
      if (this._at === ratio) this._turn(this._played + at);
      const length = Math.min(count - at, ratio - this._at);
      while (!this._begun && this.engine.ready < this._at + length) this.engine.work();
      for (let a = 0; a < out.length; a++) {
        const from = this._now[Math.min(a, this._now.length - 1)];
        for (let i = 0; i < length; i++) out[a][at + i] = from[this._at + i];
      }
      this._live?.collect(input, at, this._at, length);
      at += length;
      this._at += length;
    }
    this._hush.process(out, 0, count);
    this._probe.process(out, count);
    this._played += count;
    this._workAhead(count);
    this._live?.work(count);
    this._ownTime.end(place);
    if (this._played - this._reported >= REPORT_SECONDS * this.engine.info.sampleRate) this._report();
  }

  /** The next frame begins to sound. @param {number} sample Where, since the start. */
  _turn(sample) {
    this._keep();
    if (!this._begun) this._begin(sample);
    if (this._live) {
      const input = this._live.turn().slice();
      const output = this._now[0].slice(); // what sounded while it was collected
      this._tell({ type: "live", input, output, probed: this._probe.begins }, [input.buffer, output.buffer]);
    }
    this._probe.turn();
    const free = this._now;
    this._now = this._next;
    this._next = free;
    this._begun = false;
    this._at = 0;
  }

  /** Makes heavy frames while others sound. @param {number} count Samples that are asked for at once. */
  _workAhead(count) {
    const { engine } = this;
    const { ratio } = engine.info;
    const parts = Math.max(engine.parts, engine.workAhead);
    if (parts <= LIGHT * engine.partsOfRow) return;
    const budget = Math.ceil(parts / Math.max(1, ratio / count - 1));
    const left = Math.floor((ratio - this._at) / count);
    const lead = Math.ceil(parts / 2 / budget); // beginnings and first pieces come at once
    for (let k = 0; k < budget; k++) {
      if (engine.whole) {
        if (this._begun || left >= lead) return;
        this._keep();
        this._begin(this._played + ratio - this._at);
        this._begun = true;
      }
      engine.work();
    }
  }

  /** What has changed, and then the next frame. @param {number} sample At which it will sound. */
  _begin(sample) {
    const { engine } = this;
    this._change();
    if (this._bent !== engine.decoder.bent) {
      this._bent = engine.decoder.bent;
      this._ear?.bend(this._bent);
    }
    const panic = this._panic;
    if (this._waiting.size && (panic || engine.motion.onBeat)) {
      for (const gesture of [...this._waiting.values()]) this._move({ ...gesture, waits: false });
    }
    if (panic) engine.panic();
    this._panic = false;
    for (let k = 0; k < MAX_HANDS; k++) this._onsets[k] = this._hands[k].begin(k, panic);
    const heard = this._live?.next() ?? null;
    engine.begin(this._hands[0].place, this._hands[0].level, this._gain, this._next, this._hands, heard);
    if (!engine.panicked) this._hush.set(1);
    const { recorder } = this._recordings;
    if (recorder) recorder.frame(this._hands, engine.mapping.controlDim, this._gain, this._onsets, panic, heard);
    if (this._id !== null) {
      this._tell({ type: "applied", id: this._id, sample: sample + engine.delay });
      this._id = null;
    }
  }

  /** Takes updates, and begins to record where that is wanted. */
  _change() {
    for (let k = 0; k < this._updates.length; k++) this._update(this._updates[k]);
    if (this._updates.length) this._updates = [];
    if (this._coming) {
      this.engine.decoder.exchange(this._coming.codec);
      const assets = { codec: { kind: "codec", config: { recipe: this._coming.recipe } } };
      this._recordings.recorder?.update({ config: { changes: {}, assets }, arrays: {} });
      this._coming = null;
    }
    if (!this._recordings.wanted) return;
    const { engine } = this;
    // what sounds is faded out first
    if (this._fading < 0) this._fading = engine.silent ? 0 : engine.beginFadeOut();
    if (this._fading-- > 0) return;
    this._fading = -1;
    engine.restart();
    engine.jumpGain(this._gain);
    for (const hand of this._hands) hand.touchAgain();
    this._recordings.begin((id) => new Recorder(id, engine, { ...this._assets }, this._tell));
  }

  /** @param {Packed} packed */
  _update(packed) {
    try {
      this.engine.update(Update.unpack(packed));
    } catch (error) {
      this._refused = `a change was refused: ${error}`;
      return;
    }
    this._refused = "";
    for (const [key, entry] of Object.entries(packed.config.assets ?? {})) {
      delete this._assets[key];
      if (!entry) continue;
      const own = Object.entries(packed.arrays).filter(([name]) => name.startsWith(`${key}:`));
      const arrays = Object.fromEntries(own.map(([name, array]) => [name.slice(key.length + 1), array]));
      this._assets[key] = { kind: entry.kind, config: entry.config, arrays };
    }
    this._recordings.recorder?.update(packed);
  }

  /** The engine's frame is whole: a recording keeps it, and so does a trace. */
  _keep() {
    if (this.engine.frames !== this._seen) this._hear();
    if (this._recordings.recorder?.waits && this.engine.whole)
      this._recordings.sound(this._begun ? this._next : this._now);
  }

  /** What sounded in the frame, and where. */
  _hear() {
    const { frames, heard } = this.engine;
    this._seen = frames;
    if (!heard) return;
    if (this._place.length !== heard.place.length) this._place = new Float32Array(heard.place.length);
    this._place.set(heard.place);
    heard.unshaped(this._latents);
    this._heardAny = true;
    if (this._tracing) this._tracing.take(heard);
  }

  _report() {
    const { engine } = this;
    const recorded = this._recordings.recorder?.frames ?? 0;
    this._reported = this._played;
    this._tell({
      type: "report",
      frames: engine.frames,
      played: this._played,
      ownShare: this._ownTime.share,
      peakDb: engine.meter.peakDb,
      rmsDb: engine.meter.rmsDb,
      limiterDb: engine.meter.limiterDb,
      nanCount: engine.nanCount,
      silent: engine.silent,
      error: engine.error || this._refused,
      seconds: this._played / engine.info.sampleRate,
      recordedFrames: recorded,
      recordedSeconds: (recorded * engine.info.ratio) / engine.info.sampleRate,
      positions: engine.positions,
      phases: engine.phases,
      place: Array.from(this._place),
      latents: this._heardAny ? Array.from(this._latents) : [],
    });
  }
}
