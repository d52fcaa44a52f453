// What a player's engine listens to, whichever engine that is at the moment.

import { LiveInput } from "../../engine/audio/hosts/live_input.js";
import { LiveEar } from "./live_sound.js";

/** @typedef {import("../../engine/audio/hosts/page_host.js").PageHost} PageHost */

export class Listener {
  constructor() {
    /** @type {import("./live_sound.js").Opened | null} */
    this._opened = null;
    /** What is heard, while something is listened to. @type {LiveEar | null} */
    this.ear = null;
    /** Why nothing is listened to any more, where nobody has asked for that. */
    this.ended = "";
  }

  /**
   * Listen to this, in place of what was listened to before, which is closed; or to nothing.
   * @param {import("./live_sound.js").Opened | null} opened
   * @param {PageHost | null} host
   * @throws {Error} If that cannot be; then nothing is listened to.
   */
  listen(opened, host) {
    this._opened?.close();
    this._opened = opened;
    this.ended = "";
    this.ear = opened ? new LiveEar(opened) : null;
    try {
      host?.listen(opened);
    } catch (error) {
      this._opened = this.ear = null;
      opened?.close();
      throw error;
    }
  }

  /** Another engine plays from now on; if that cannot listen, nothing is listened to. @param {PageHost} host */
  follow(host) {
    try {
      if (this._opened) host.listen(this._opened);
    } catch (error) {
      this.listen(null, null);
      this.ended = error instanceof Error ? error.message : String(error);
    }
  }

  /**
   * A frame was heard.
   * @param {{ input: Float32Array, output: Float32Array, probed: boolean }} frame
   * @param {PageHost | null} host
   */
  take({ input, output, probed }, host) {
    const noise = this.ear?.take(input, output, probed);
    if (noise) host?.post({ type: "probe", noise });
  }

  /**
   * How long from a sound in front of the microphone to the ear, part by part, in milliseconds.
   * @param {PageHost | null} host
   * @param {number} frameMs
   * @param {number} limiterMs
   * @returns {[string, number][]}
   */
  parts(host, frameMs, limiterMs) {
    if (!host || !this._opened) return [];
    return [
      ["input", 1000 * this._opened.latency],
      ["encoder", LiveInput.delayFrames * frameMs],
      ["limiter", limiterMs],
      ["output", 1000 * host.latency],
    ];
  }
}
