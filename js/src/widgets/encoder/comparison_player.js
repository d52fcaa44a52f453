// Two sounds of one length, in step: both play from the same moment on, and one is heard. Changing over is a crossfade
// of two gains, so neither the place nor the level jumps.

const CHANGE_SECONDS = 0.0035; // time constant: done in 15 ms
const EDGE_SECONDS = 0.004; // time constant of fades at start and stop; and fades at the ends, for the loop's seam
const ENDED_SECONDS = 0.04; // after which a fade-out is silence

/** @typedef {{sources: AudioBufferSourceNode[], sides: GainNode[], out: GainNode}} Take */

export class ComparisonPlayer {
  /** @param {number} rate Hz @param {number} volume linear @param {() => void} changed */
  constructor(rate, volume, changed) {
    this.context = newListeningContext(rate);
    this.changed = changed;
    this.volume = this.context.createGain();
    this.volume.gain.value = volume;
    this.volume.connect(this.context.destination);
    /** @type {AudioBuffer[]} */ this.buffers = [];
    /** @type {Take | null} */ this.take = null;
    this.side = 0; // of the two, the one that is heard
    this.loop = false;
    this.origin = 0; // the context's time at which place 0 would have sounded
    this.rest = 0; // place in seconds while nothing plays
    this.context.onstatechange = changed;
  }

  get duration() {
    return this.buffers[0]?.duration || 0;
  }

  get playing() {
    return this.take !== null;
  }

  /** Seconds from the beginning. */
  get place() {
    if (!this.take) return this.rest;
    const passed = Math.max(0, this.context.currentTime - this.origin);
    return this.loop ? passed % this.duration : Math.min(passed, this.duration);
  }

  /**
   * Take in a WAV file: the channels of one sound, then those of the other.
   * @param {ArrayBuffer} wav
   */
  async load(wav) {
    this.stop();
    const both = await this.context.decodeAudioData(wav);
    const channels = both.numberOfChannels / 2;
    const fade = Math.min(both.length >> 1, Math.round(EDGE_SECONDS * both.sampleRate));
    this.buffers = [0, 1].map((side) => {
      const buffer = this.context.createBuffer(channels, both.length, both.sampleRate);
      for (let channel = 0; channel < channels; channel += 1) {
        const samples = both.getChannelData(side * channels + channel).slice();
        for (let k = 0; k < fade; k += 1) {
          samples[k] *= k / fade;
          samples[samples.length - 1 - k] *= k / fade;
        }
        buffer.copyToChannel(samples, channel);
      }
      return buffer;
    });
    this.rest = 0;
  }

  /** Begin at the place where it rests, or at the beginning if that is the end. */
  start() {
    if (!this.buffers.length || this.take) return;
    if (this.rest >= this.duration - 0.01) this.rest = 0;
    const { context } = this;
    const when = context.currentTime + 0.02;
    const out = context.createGain();
    out.gain.value = 0;
    out.gain.setTargetAtTime(1, when, EDGE_SECONDS);
    out.connect(this.volume);
    const sides = this.buffers.map((_, side) => new GainNode(context, { gain: side === this.side ? 1 : 0 }));
    const sources = this.buffers.map((buffer, side) => {
      const source = new AudioBufferSourceNode(context, { buffer, loop: this.loop });
      source.connect(sides[side]).connect(out);
      source.start(when, this.rest);
      return source;
    });
    const take = { sources, sides, out };
    this.take = take;
    this.origin = when - this.rest;
    sources[0].onended = () => {
      out.disconnect();
      if (this.take !== take) return;
      this.take = null;
      this.rest = 0;
      this.changed();
    };
    this.changed();
  }

  /** Fade out and rest here. */
  stop() {
    if (!this.take) return;
    const { sources, out } = this.take;
    this.rest = this.place;
    this.take = null;
    const now = this.context.currentTime;
    out.gain.cancelScheduledValues(now);
    out.gain.setTargetAtTime(0, now, EDGE_SECONDS);
    for (const source of sources) source.stop(now + ENDED_SECONDS);
    this.changed();
  }

  /** @param {number} seconds */
  seek(seconds) {
    const wasPlaying = this.playing;
    this.stop();
    this.rest = Math.min(Math.max(0, seconds), this.duration);
    if (wasPlaying) this.start();
    this.changed();
  }

  /** @param {number} side 0 or 1 */
  hear(side) {
    this.side = side;
    this.take?.sides.forEach((gain, k) => {
      gain.gain.setTargetAtTime(k === side ? 1 : 0, this.context.currentTime, CHANGE_SECONDS);
    });
    this.changed();
  }

  /** @param {boolean} loop */
  repeat(loop) {
    const { place } = this;
    this.loop = loop;
    if (!this.take) return;
    this.origin = this.context.currentTime - place; // it may have gone round already
    for (const source of this.take.sources) source.loop = loop;
  }

  /** @param {number} volume linear */
  setVolume(volume) {
    this.volume.gain.setTargetAtTime(volume, this.context.currentTime, 0.02);
  }

  close() {
    this.stop();
    this.context.onstatechange = null;
    setTimeout(() => this.context.close().catch(() => {}), 1000 * ENDED_SECONDS + 20);
  }
}

/**
 * A context at the sounds' rate, so that nothing is resampled twice; where that is refused, at the browser's own.
 * @param {number} rate
 */
function newListeningContext(rate) {
  if (typeof AudioContext === "undefined") throw new Error("This browser has no Web Audio, so it cannot play.");
  try {
    return new AudioContext({ sampleRate: rate });
  } catch {
    return new AudioContext();
  }
}
