// What an engine in the page listens to: a microphone, or a file that goes round; and what is heard of it.

import { microphone } from "../audio/recording.js";
import { levelOf } from "../engine/core/modulation/envelope.js";
import { FeedbackWatch, rms } from "./feedback.js";

const FLOOR_DB = -90;

/**
 * Opens a microphone as it is: what helps speech on the telephone spoils a sound.
 * @returns {Promise<Opened>}
 * @throws {Error} With a sentence for the user.
 *
 * @typedef {object} Opened
 * @property {"microphone" | "file"} kind
 * @property {number} latency Seconds that it is late by itself, as far as the browser says.
 * @property {(context: AudioContext) => AudioNode} node Makes its node in a context, more than once if need be.
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
    close: () => {
      for (const each of playing) each.stop();
    },
  };
}

/** Follows the level of what is heard, and whether it is the page itself. */
export class LiveEar {
  /** @param {boolean} canFeedBack Whether what the page plays may come back. */
  constructor(canFeedBack) {
    this._watch = canFeedBack ? new FeedbackWatch() : null;
    this.levelDb = FLOOR_DB;
    /** The same from 0 to 1, as modulators follow it. */
    this.level = 0;
    /** Whether the page hears itself. */
    this.feedsBack = false;
  }

  /**
   * A frame was heard, while another was played.
   * @param {Float32Array} input
   * @param {Float32Array} output
   */
  take(input, output) {
    this.levelDb = Math.max(FLOOR_DB, 20 * Math.log10(rms(input) + 1e-9));
    this.level = levelOf(input);
    if (this._watch?.take(input, output)) this.feedsBack = true;
  }
}
