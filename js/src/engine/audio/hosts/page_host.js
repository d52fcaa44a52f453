// An AudioContext with the engine in it: hands on messages, tells what the engine says, can be turned down and off.

import { FADED_MS, Fader } from "../../../audio/fader.js";
import { buffersOf, playsOn } from "../../codecs/loading.js";

const START_MS = 1000; // after which a context that does not run is taken as waiting for a click
const CLOSE_MS = 60;
/** What an engine that ends still has to say. */
export const LAST_WORDS = ["recorded", "take", "unrecorded", "traced"];

const NO_AUDIO = "This browser has no Web Audio, so it cannot play.";
const NO_WORKLET = "The browser gives no sound to a page opened over plain http: open it by https, or as localhost.";

/**
 * @typedef {object} Wishes
 * @property {string} worklet Text of the engine's module.
 * @property {import("../../codecs/loading.js").PackedCodec} codec What decodes.
 * @property {number} db Volume at the start.
 * @property {number | "interactive"} hint How far ahead the browser asks for sound: seconds, or its own choice.
 * @property {(message: any) => void} onMessage Takes what the engine tells: `report`, `applied`, `dry`, `fault`,
 *   `recorded`, `take`, `unrecorded`, `traced`.
 * @property {() => void} onState Called when the browser has paused the context or let it go on.
 */

/**
 * @typedef {object} Prepared
 * @property {Promise<PageHost>} host Once the user has clicked: an engine that is warm. It fails with a sentence for the user.
 * @property {() => void} click To be called inside the user's click, as autoplay rules want.
 */

export class PageHost {
  /**
   * @param {AudioContext} context
   * @param {Wishes} wishes
   */
  constructor(context, { codec, db, onMessage, onState }) {
    this.context = context;
    this._codec = { ...codec, content: null }; // what it is like; the sounds are in the audio thread
    this._told = onMessage;
    this._node = new AudioWorkletNode(context, "terrain-engine", {
      numberOfInputs: 1,
      outputChannelCount: [codec.channels],
      processorOptions: { codec },
    });
    /** @type {(value: void) => void} */
    let ready = () => {};
    /** @type {(error: Error) => void} */
    let broken = () => {};
    /** Fulfilled once the engine is warm. @type {Promise<void>} */
    this.ready = new Promise((resolve, reject) => {
      ready = resolve;
      broken = reject;
    });
    this._node.onprocessorerror = () => {
      const error = new Error("The engine failed in the browser's audio thread; reload the page.");
      broken(error);
      onMessage({ type: "fault", text: error.message });
    };
    this._node.port.onmessage = ({ data }) => {
      if (data.type === "ready") ready();
      else onMessage(data);
    };
    /** What is listened to. @type {AudioNode | null} */
    this._source = null;
    /** Between the engine and the loudspeaker. */
    this.fader = new Fader(context, db);
    this._node.connect(this.fader.input);
    context.onstatechange = onState;
  }

  /**
   * Makes one as far as the browser lets it before the user's click (Chromium: to the end). The click begins it.
   * @param {Wishes} wishes
   * @returns {Prepared}
   */
  static prepare(wishes) {
    /** @type {AudioContext | null} */
    let context = null;
    let click = () => {};
    const clicked = new Promise((done) => {
      click = () => done(context && Promise.race([context.resume().catch(() => {}), after(START_MS)]));
    });
    const making = async () => {
      if (typeof AudioContext === "undefined") throw new Error(NO_AUDIO);
      context = newContext(wishes.codec.sampleRate, wishes.hint);
      try {
        if (!context.audioWorklet) throw new Error(NO_WORKLET);
        // from a file Chromium loads a worklet by a data address only
        const address = `data:text/javascript;charset=utf-8,${encodeURIComponent(wishes.worklet)}`;
        await context.audioWorklet.addModule(address);
        const host = new PageHost(context, wishes);
        await Promise.all([host.ready, clicked]);
        return host;
      } catch (error) {
        context.close().catch(() => {});
        throw error;
      }
    };
    return { host: making(), click };
  }

  get running() {
    return this.context.state === "running";
  }

  /** Seconds from the engine to the ear, as far as the browser knows. */
  get latency() {
    return (this.context.outputLatency || 0) + (this.context.baseLatency || 0);
  }

  /** Seconds from the engine to the ear by the context's own clocks, which grow where it does not keep up. */
  get delay() {
    const { contextTime = 0, performanceTime = 0 } = this.context.getOutputTimestamp();
    if (!performanceTime) return 0; // nothing is heard yet
    return this.context.currentTime - contextTime - (performance.now() - performanceTime) / 1000;
  }

  /** Gaps that the browser has counted since the start, 0 where it counts none. */
  get gaps() {
    return /** @type {any} */ (this.context).playbackStats?.underrunEvents ?? 0;
  }

  /** Go on after the browser has paused it; inside the user's click. */
  resume() {
    this.context.resume().catch(() => {});
  }

  /**
   * Go on with a codec that was built again, without a gap.
   * @param {import("../../codecs/loading.js").PackedCodec} codec Is given away.
   * @returns {boolean} Whether that can be; else nothing has changed.
   */
  exchange(codec) {
    if (!playsOn(this._codec, codec)) return false;
    this._node.port.postMessage({ type: "codec", codec }, buffersOf(codec.content));
    return true;
  }

  /** @param {any} message As `RenderLoop.take` knows them. */
  post(message) {
    this._node.port.postMessage(message);
  }

  /**
   * Listen to a source, or to nothing.
   * @param {import("../../../instrument/live/live_sound.js").Opened | null} opened
   * @throws {Error} If this browser or this codec cannot.
   */
  listen(opened) {
    if (opened && this.context.sampleRate !== this._codec.sampleRate) {
      throw new Error(
        `Live sound needs ${this._codec.sampleRate} Hz, and this browser gives ${this.context.sampleRate}.`,
      );
    }
    this._source?.disconnect();
    this._source = opened ? opened.node(this.context) : null;
    this._source?.connect(this._node);
    this.post({ type: "listen", on: opened !== null });
  }

  /** @param {number} db */
  setVolume(db) {
    this.fader.setVolume(db);
  }

  /**
   * What was heard before fades out while this one fades in.
   * @param {PageHost} before Is closed.
   */
  follow(before) {
    this.fader.to(1);
    before.fader.to(0);
    before._end(FADED_MS);
  }

  /** Off, in a fade; what a recording or a trace still has to say is told. */
  close() {
    this.post({ type: "panic" });
    this._end(CLOSE_MS);
  }

  /** @param {number} ms After which nothing is heard. */
  _end(ms) {
    this.post({ type: "leave" });
    this.context.onstatechange = null;
    this._node.port.onmessage = ({ data }) => {
      if (LAST_WORDS.includes(data.type)) this._told(data);
    };
    setTimeout(() => this.context.close().catch(() => {}), ms);
  }
}

/** @param {number} ms @returns {Promise<void>} */
const after = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * A context at the codec's rate, so that nothing is resampled; where that is refused, at the browser's own.
 * @param {number} rate Hz.
 * @param {number | "interactive"} latencyHint
 */
function newContext(rate, latencyHint) {
  try {
    return new AudioContext({ sampleRate: rate, latencyHint });
  } catch {
    return new AudioContext({ latencyHint });
  }
}

/** Whether this browser counts the gaps in what is heard. */
export function countsGaps() {
  return typeof AudioContext !== "undefined" && "playbackStats" in AudioContext.prototype;
}
