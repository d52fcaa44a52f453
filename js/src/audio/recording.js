// What a microphone hears, as samples: collected on the audio thread, written as a WAV file at the end.

import { wavFile } from "./wav_file.js";

const COLLECTOR = `registerProcessor("tw-collector", class extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice());
    return true;
  }
});`;
const NO_MICROPHONE =
  "The browser gives no microphone to a page opened over plain http: open the notebook by https, or as localhost.";
/** @type {Record<string, string>} */
const REASONS = {
  NotAllowedError:
    "The browser was not allowed to use the microphone: allow it beside the address, and press the button again.",
  NotFoundError: "No microphone was found: plug one in, and press the button again.",
  NotReadableError: "The microphone is in use by another program: close that, and press the button again.",
};

/**
 * A microphone as it is: what helps speech on the telephone spoils a sound. To be called inside the user's click.
 * @returns {Promise<MediaStream>}
 * @throws {Error} With a sentence for the user.
 */
export async function microphone() {
  if (!window.isSecureContext || !navigator.mediaDevices) throw new Error(NO_MICROPHONE);
  try {
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : "";
    throw new Error(REASONS[name] || `The microphone could not be opened (${name || error}).`);
  }
}

export class Recording {
  /** @param {MediaStream} stream @param {AudioContext} context @param {() => void} heard */
  constructor(stream, context, heard) {
    this.stream = stream;
    this.context = context;
    /** @type {Float32Array[]} */ this.parts = [];
    this.frames = 0;
    this.peak = 0; // since it was last asked for
    this.node = new AudioWorkletNode(context, "tw-collector", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    this.node.port.onmessage = ({ data }) => {
      this.parts.push(data);
      this.frames += data.length;
      for (const sample of data) this.peak = Math.max(this.peak, Math.abs(sample));
      heard();
    };
    context.createMediaStreamSource(stream).connect(this.node);
  }

  /**
   * To be called inside the user's click.
   * @param {() => void} heard called with every new piece, some hundred times a second
   * @returns {Promise<Recording>}
   * @throws {Error} with a sentence for the user
   */
  static async begin(heard) {
    const stream = await microphone();
    const context = new AudioContext();
    try {
      await context.resume();
      const url = URL.createObjectURL(new Blob([COLLECTOR], { type: "text/javascript" }));
      await context.audioWorklet.addModule(url).finally(() => URL.revokeObjectURL(url));
      return new Recording(stream, context, heard);
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      context.close().catch(() => {});
      throw error;
    }
  }

  get seconds() {
    return this.frames / this.context.sampleRate;
  }

  /** Highest level since the last call. */
  takePeak() {
    const { peak } = this;
    this.peak = 0;
    return peak;
  }

  /** Let go of the microphone. */
  end() {
    this.node.port.onmessage = null;
    for (const track of this.stream.getTracks()) track.stop();
    this.context.close().catch(() => {});
  }

  /** @param {number} longest seconds @returns {File} mono, float32 */
  file(longest) {
    const rate = this.context.sampleRate;
    const count = Math.min(this.frames, Math.round(longest * rate));
    const samples = new Float32Array(count);
    let at = 0;
    for (const part of this.parts) {
      samples.set(part.subarray(0, Math.max(0, count - at)), Math.min(at, count));
      at += part.length;
    }
    return wavFile([samples], rate, "recording.wav");
  }
}
