// The engine in the audio thread. Bundled into one text, which the page loads as an AudioWorklet module.

import { SampleRing } from "../audio/sample_ring.js";
import { RenderLoop } from "./audio/hosts/render_loop.js";
import { warmUp } from "./audio/hosts/warm_up.js";
import { codecFrom } from "./codecs/loading.js";

const RING_SECONDS = 0.25;
const PIECE = 128; // samples that are made at once where they are resampled
const DYING_SECONDS = 0.002;

class TerrainEngine extends AudioWorkletProcessor {
  /** @param {AudioWorkletNodeOptions} options `processorOptions.codec`: as `readCodec` gives it. */
  constructor(options) {
    super();
    const codec = codecFrom(options.processorOptions.codec);
    warmUp(codec);
    this.loop = new RenderLoop(codec, (message, gifts = []) => this.port.postMessage(message, gifts));
    this.last = new Float32Array(codec.info.channels); // samples, from which a fault fades
    this.failed = false;
    this.nextFrame = -1;
    this.dry = 0; // quanta that the browser has left out
    // where the browser has refused the codec's rate
    const same = sampleRate === codec.info.sampleRate;
    this.ring = same ? null : new SampleRing(codec.info.channels, codec.info.sampleRate, sampleRate, RING_SECONDS);
    this.piece = Array.from({ length: codec.info.channels }, () => new Float32Array(PIECE));
    this.interleaved = new Float32Array(codec.info.channels * PIECE);
    this.port.onmessage = (event) => this.take(event.data);
    this.port.postMessage({ type: "ready" });
  }

  /** @param {any} message */
  take(message) {
    try {
      if (message.type === "codec") {
        const { codec } = message;
        this.loop.exchange(codecFrom(codec), JSON.parse(codec.metadata.recipe ?? "null"));
      } else this.loop.take(message);
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * @param {Float32Array[][]} inputs What is heard, where the engine listens.
   * @param {Float32Array[][]} outputs
   */
  process(inputs, outputs) {
    const out = outputs[0];
    this.count(out[0].length);
    if (!this.failed) {
      try {
        if (this.ring) this.resample(out, this.ring);
        else this.loop.pull(out, inputs[0]);
        for (let a = 0; a < out.length && a < this.last.length; a++) this.last[a] = out[a][out[a].length - 1];
      } catch (error) {
        this.fail(error);
      }
    }
    if (this.failed) this.die(out);
    return true;
  }

  /** Quanta that were left out. @param {number} length */
  count(length) {
    if (this.nextFrame >= 0 && currentFrame !== this.nextFrame) {
      this.dry += Math.round((currentFrame - this.nextFrame) / length);
      this.port.postMessage({ type: "dry", quanta: this.dry });
    }
    this.nextFrame = currentFrame + length;
  }

  /**
   * @param {Float32Array[]} out
   * @param {SampleRing} ring
   */
  resample(out, ring) {
    while (ring.frames < out[0].length) {
      this.loop.pull(this.piece);
      const { piece, interleaved } = this;
      for (let a = 0; a < piece.length; a++)
        for (let i = 0; i < PIECE; i++) interleaved[i * piece.length + a] = piece[a][i];
      ring.append(interleaved);
    }
    ring.read(out, 0, out[0].length);
  }

  /** Silence from here on, and a word to the page. @param {unknown} error */
  fail(error) {
    if (!this.failed) this.port.postMessage({ type: "fault", text: String(error) });
    this.failed = true;
  }

  /** The last sample dies away. @param {Float32Array[]} out */
  die(out) {
    const fall = Math.exp(-1 / (DYING_SECONDS * sampleRate));
    for (let a = 0; a < out.length; a++) {
      let value = this.last[Math.min(a, this.last.length - 1)];
      for (let i = 0; i < out[a].length; i++) {
        value = Math.abs(value) < 1e-5 ? 0 : value * fall;
        out[a][i] = value;
      }
    }
    for (let a = 0; a < this.last.length; a++) this.last[a] = out[Math.min(a, out.length - 1)][out[0].length - 1];
  }
}

registerProcessor("terrain-engine", TerrainEngine);
