// What an engine in the page listens to: a microphone, or a file that goes round; and what is heard of it.

import { microphone } from "../../audio/recording.js";
import { levelOf } from "../../engine/core/modulation/envelope.js";
import { FeedbackCheck, rms } from "./feedback.js";

const FLOOR_DB = -90;
const MISSED_MS = 2000; // without a frame, or without anything in them

/**
 * Opens a microphone as it is: what helps speech on the telephone spoils a sound.
 * @returns {Promise<Opened>}
 * @throws {Error} With a sentence for the user.
 *
 * @typedef {object} Opened
 * @property {"microphone" | "file"} kind
 * @property {number} latency Seconds that it is late by itself, as far as the browser says.
 * @property {(context: AudioContext) => AudioNode} node Makes its node in a context, more than once if need be.
 * @property {() => "on" | "muted" | "ended"} state Whether it still gives sound.
 * @property {() => void} close
 */
export async function openMicrophone() {
  const stream = await microphone();
  const [track] = stream.getAudioTracks();
  const { latency = 0 } = /** @type {MediaTrackSettings & { latency?: number }} */ (track?.getSettings() ?? {});
  return {
    kind: "microphone",
    latency,
    node: (context) => context.createMediaStreamSource(stream),
    state: () => (track?.readyState !== "live" ? "ended" : track.muted ? "muted" : "on"),
    close: () => {
      for (const each of stream.getTracks()) each.stop();
    },
  };
}

/**
 * Opens a sound file, which is played round and round.
 * @param {ArrayBuffer} content
 * @returns {Promise<Opened>}
 * @throws {Error} With a sentence for the user.
 */
export async function openFile(content) {
  let sound;
  try {
    sound = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(content);
  } catch {
    throw new Error("The browser cannot read this file as a sound: choose a WAV, FLAC, MP3 or OGG file.");
  }
  /** @type {AudioBufferSourceNode[]} */
  const playing = [];
  return {
    kind: "file",
    latency: 0,
    node: (context) => {
      const node = new AudioBufferSourceNode(context, { buffer: sound, loop: true });
      node.start();
      playing.push(node);
      return node;
    },
    state: () => "on",
    close: () => {
      for (const each of playing) each.stop();
    },
  };
}

/** @typedef {"on" | "muted" | "ended" | "missed" | "empty"} State */

/** Follows what is heard: its level, whether it still comes, and whether it is the page itself. */
export class LiveEar {
  /**
   * @param {Pick<Opened, "kind" | "state">} opened
   * @param {() => number} now Milliseconds.
   */
  constructor(opened, now = () => performance.now()) {
    this._opened = opened;
    this._now = now;
    // what the page plays may come back by a microphone only
    this._check = opened.kind === "microphone" ? new FeedbackCheck() : null;
    this._came = this._sounded = now();
    this.levelDb = FLOOR_DB;
    /** The same from 0 to 1, as modulators follow it. */
    this.level = 0;
  }

  /** Whether the page hears itself. */
  get feedsBack() {
    return this._check?.found ?? false;
  }

  /**
   * How it is with what is listened to: `missed`, no frame comes; `empty`, there is nothing in them, not even noise.
   * @returns {State}
   */
  get state() {
    const state = this._opened.state();
    if (state !== "on") return state;
    if (this._now() - this._came > MISSED_MS) return "missed";
    return this._opened.kind === "microphone" && this._now() - this._sounded > MISSED_MS ? "empty" : "on";
  }

  /**
   * A frame was heard, while another was played.
   * @param {Float32Array} input
   * @param {Float32Array} output
   * @param {boolean} probed Whether that began with the noise that was asked for.
   * @returns {Float32Array | null} Noise that the page is to play from the next frame on, to find out whether it hears
   *   itself; mostly none.
   */
  take(input, output, probed) {
    const size = rms(input);
    this._came = this._now();
    if (size > 0) this._sounded = this._came;
    this.levelDb = Math.max(FLOOR_DB, 20 * Math.log10(size + 1e-9));
    this.level = levelOf(input);
    return this._check?.take(input, output, probed) ?? null;
  }
}
