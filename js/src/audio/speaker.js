// An AudioContext with the worklet in it: takes messages, plays, and reports about ten times a second.

import { Fader } from "./fader.js";

export const NO_WORKLET =
  "The browser gives no sound to a page opened over plain http: open the notebook by https, or as localhost.";

/**
 * @typedef {import("./stream_player.js").Report} Report
 * @typedef {import("./stream_player.js").Message | { type: "line", port: MessagePort }} Message
 * @typedef {{rate: number, channels: number, db: number, worklet: string, onReport: (report: Report) => void,
 *   onState: () => void}} Wishes  rate in Hz; db: volume at the start; worklet: its source
 */

export class Speaker {
  /** @param {AudioContext} context @param {Wishes} wishes */
  constructor(context, { channels, db, onReport, onState }) {
    this.context = context;
    this.channels = channels;
    this.node = new AudioWorkletNode(context, "terrain-sink", { numberOfInputs: 0, outputChannelCount: [channels] });
    this.node.port.onmessage = (event) => onReport(event.data);
    this.fader = new Fader(context, db);
    this.node.connect(this.fader.input);
    context.onstatechange = onState;
  }

  /**
   * To be called inside the user's click, as autoplay rules want.
   * @param {Wishes} wishes
   * @returns {Promise<Speaker>}
   * @throws {Error} with a sentence for the user
   */
  static async make(wishes) {
    if (typeof AudioContext === "undefined") throw new Error("This browser has no Web Audio, so it cannot play.");
    const context = newContext(wishes.rate);
    try {
      if (!context.audioWorklet) throw new Error(NO_WORKLET);
      const resumed = context.resume();
      const url = URL.createObjectURL(new Blob([wishes.worklet], { type: "text/javascript" }));
      try {
        await context.audioWorklet.addModule(url);
      } finally {
        URL.revokeObjectURL(url);
      }
      await Promise.race([resumed, new Promise((done) => setTimeout(done, 1000))]);
      return new Speaker(context, wishes);
    } catch (error) {
      context.close().catch(() => {});
      throw error;
    }
  }

  get running() {
    return this.context.state === "running";
  }

  /** Seconds from the worklet to the ear, as far as the browser knows. */
  get latency() {
    return (this.context.outputLatency || 0) + (this.context.baseLatency || 0);
  }

  /** Go on after the browser has paused it; inside the user's click. */
  resume() {
    this.context.resume().catch(() => {});
  }

  /** @param {Message} message @param {Transferable[]} [gifts] what it holds and this side gives away */
  post(message, gifts = message.type === "pcm" ? [message.samples.buffer] : []) {
    this.node.port.postMessage(message, gifts);
  }

  /** @param {number} db */
  setVolume(db) {
    this.fader.setVolume(db);
  }

  /** Silence in 2 ms, until the next stream. */
  mute() {
    this.post({ type: "panic" });
  }

  close() {
    this.mute();
    this.context.onstatechange = this.node.port.onmessage = null;
    setTimeout(() => this.context.close().catch(() => {}), 60);
  }
}

/**
 * A context at the stream's rate, so that nothing is resampled twice; where that is refused, at the browser's own.
 * @param {number} rate
 */
function newContext(rate) {
  try {
    return new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
  } catch {
    return new AudioContext({ latencyHint: "interactive" });
  }
}
