// The audio thread's end of a stream: plays a ring of samples at the lead, fades before it runs dry, skips what comes far
// too late, and mutes on panic. Without the thread itself, so that it is tested sample by sample.

import { SampleRing } from "./sample_ring.js";

/**
 * @typedef {import("../shared/protocol.js").SoundToPage} ToPage
 * @typedef {Extract<import("../shared/protocol.js").SoundToKernel, { type: "report" }>} Report
 * @typedef {Extract<ToPage, { type: "pcm" }> & { samples: Float32Array }} Pcm
 * @typedef {Exclude<ToPage, { type: "pcm" | "panic" | "hello" }> | Pcm | { type: "panic", stream?: number }} Message
 *   from the user no stream is named at a panic; from the kernel only the present one is meant
 * @typedef {"off" | "waiting" | "playing" | "fading" | "muted"} State
 */

const FADE = 256; // frames of every fade
const PANIC_FADE = 96;
const RING_SECONDS = 4;

/** What was heard since the last report. */
class Heard {
  frames = 0;
  sumSquares = 0;
  samples = 0;
  peak = 0;
  sumLevels = 0;
  quanta = 0;
  lowest = Infinity;

  /** @param {number} value */
  sample(value) {
    this.sumSquares += value * value;
    this.peak = Math.max(this.peak, Math.abs(value));
  }

  /** @param {number} frames @param {number} channels @param {number} level @param {number} lowest */
  quantum(frames, channels, level, lowest) {
    this.frames += frames;
    this.samples += frames * channels;
    this.sumLevels += level;
    this.quanta += 1;
    this.lowest = Math.min(this.lowest, lowest);
  }

  /** @param {number} level samples that wait now */
  facts(level) {
    return {
      mean: this.sumLevels / Math.max(1, this.quanta),
      lowest: Math.min(level, this.lowest),
      rms: Math.sqrt(this.sumSquares / Math.max(1, this.samples)),
      peak: this.peak,
    };
  }
}

export class StreamPlayer {
  received = 0; // this and the next in samples of the stream's rate, as the ring's level
  played = 0;
  underruns = 0;
  lost = 0;
  skips = 0;
  nextSeq = 0;
  idle = false;
  dry = false; // the fade under way is an underrun
  gain = 0;
  step = 0;
  fadeLeft = 0;
  /** @type {State} */ afterFade = "waiting";
  waited = 0; // frames of silence since an underrun
  stalled = 0; // seconds that the last one lasted
  /** @type {[number, number][]} */ sent = []; // of each message in the ring: its first sample, when it was sent

  /**
   * @param {number} sampleRate Hz, of the context
   * @param {(report: Report) => void} tell called about ten times a second
   * @param {() => number} [clock] seconds of the wall clock
   */
  constructor(sampleRate, tell, clock = () => Date.now() / 1000) {
    this.sampleRate = sampleRate;
    this.tell = tell;
    this.clock = clock;
    this.ring = new SampleRing(1, sampleRate, sampleRate, RING_SECONDS);
    this.heard = new Heard();
    this.stream = 0;
    this.lead = 0; // samples
    this.spare = Infinity; // samples above the lead that are still no reason to skip
    /** @type {State} */ this.state = "off";
    this.reportEvery = Math.max(128, Math.round(sampleRate / 10));
  }

  clear() {
    this.received = this.played = this.underruns = this.lost = this.skips = this.nextSeq = 0;
    this.gain = this.step = this.fadeLeft = this.waited = this.stalled = 0;
    this.idle = this.dry = false;
    this.afterFade = "waiting";
    this.sent = [];
    this.heard = new Heard();
  }

  /** @param {Message} message */
  take(message) {
    if (message.type === "start") {
      this.ring = new SampleRing(message.channels, message.rate, this.sampleRate, RING_SECONDS);
      this.clear();
      this.stream = message.stream;
      this.setLead(message.lead);
      this.spare = (message.spare ?? Infinity) * message.rate;
      this.state = "waiting";
      return;
    }
    if (message.type === "panic") {
      if (message.stream === undefined || message.stream === this.stream) this.fadeTo("muted", PANIC_FADE);
      return;
    }
    if (message.stream !== this.stream) return; // of a stream that has ended
    if (message.type === "pcm") this.append(message);
    else if (message.type === "lead") this.setLead(message.lead);
    else if (message.type === "idle") this.idle = true;
    else if (message.type === "resume") this.idle = false;
    else if (message.type === "stop") this.fadeTo("off", FADE);
  }

  /** @param {number} seconds */
  setLead(seconds) {
    this.lead = Math.min(this.ring.capacity / 2, Math.round(seconds * this.ring.rate));
  }

  /** @param {{seq: number, samples: Float32Array, sent_at?: number}} message */
  append({ seq, samples, sent_at }) {
    if (this.state === "muted" || this.state === "off") return;
    if (this.state === "fading" && (this.afterFade === "muted" || this.afterFade === "off")) return;
    if (seq !== this.nextSeq) this.lost += 1;
    this.nextSeq = seq + 1;
    if (this.ring.append(samples) > 0) this.lost += 1;
    if (sent_at) this.sent.push([this.received, sent_at]);
    this.received += Math.floor(samples.length / this.ring.channels.length);
  }

  /**
   * Fade out from where the gain is, over at most what is left, then change state.
   * @param {State} state
   * @param {number} frames
   */
  fadeTo(state, frames) {
    this.fadeLeft = this.sounding ? Math.min(frames, this.ring.frames) : 0;
    this.afterFade = state;
    this.step = this.fadeLeft > 0 ? -this.gain / this.fadeLeft : 0;
    this.state = "fading";
    if (this.fadeLeft === 0) this.faded();
  }

  get sounding() {
    return this.state === "playing" || this.state === "fading";
  }

  faded() {
    const dry = this.afterFade === "waiting" && this.dry;
    this.state = this.afterFade;
    this.gain = 0;
    this.step = 0;
    if (this.state === "playing") this.begin();
    else if (this.state !== "waiting") {
      this.ring.clear();
      this.idle = true;
    } else if (dry) {
      this.underruns += 1;
      this.waited = 1;
    }
    this.dry = false;
  }

  /** Fade in, at the lead: what came in a heap after the page or the line had stood still is too late to be heard. */
  begin() {
    if (this.tooMuch) {
      this.ring.keep(this.lead);
      this.skips += 1;
    }
    this.state = "playing";
    this.gain = 0;
    this.step = 1 / FADE;
  }

  get tooMuch() {
    return this.ring.level > this.lead + this.spare;
  }

  /** The level, or what it will be in a moment: the kernel must not hold back for what is skipped anyway. */
  get settledLevel() {
    return this.tooMuch ? this.lead : this.ring.level;
  }

  /** Play the next frames. @param {Float32Array[]} out one array for each channel */
  play(out) {
    const frames = out[0].length;
    if (this.state === "playing" && this.ring.frames < frames + FADE) {
      this.dry = !this.idle;
      this.fadeTo("waiting", this.ring.frames);
    }
    if (this.state === "playing" && this.tooMuch) this.fadeTo("playing", FADE);
    if (this.state === "waiting" && this.ring.frames > 0 && this.ring.level >= this.lead) {
      this.begin();
      if (this.waited > 0) this.stalled = this.waited / this.sampleRate;
      this.waited = 0;
    }
    let n = 0;
    while (n < frames && this.sounding) {
      const end = this.state === "fading" ? Math.min(frames, n + this.fadeLeft) : frames;
      this.played += this.ring.read(out, n, end);
      this.shape(out, n, end);
      if (this.state === "fading") {
        this.fadeLeft -= end - n;
        if (this.fadeLeft === 0) this.faded();
      }
      n = end;
    }
    if (this.waited > 0) this.waited += frames - n;
    if (this.idle) this.waited = 0;
    this.heard.quantum(frames, out.length, this.settledLevel, this.state === "playing" ? this.ring.level : Infinity);
    if (this.heard.frames >= this.reportEvery) {
      this.tell(this.report());
      this.heard = new Heard();
    }
  }

  /** Apply the fades' gain to frames `from` to `to`. @param {Float32Array[]} out @param {number} from @param {number} to */
  shape(out, from, to) {
    for (let n = from; n < to; n++) {
      this.gain = Math.min(1, Math.max(0, this.gain + this.step));
      for (let c = 0; c < out.length; c++) {
        out[c][n] *= this.gain;
        this.heard.sample(out[c][n]);
      }
    }
  }

  /** Seconds from sending what plays now, by two clocks that are one where the kernel's machine is the page's. */
  get age() {
    const at = this.received - this.ring.level;
    while (this.sent.length > 1 && this.sent[1][0] <= at) this.sent.shift();
    if (this.state !== "playing" || this.sent.length === 0) return undefined;
    const [first, sentAt] = this.sent[0];
    return this.clock() - sentAt - (at - first) / this.ring.rate;
  }

  /** @returns {Report} */
  report() {
    const level = this.settledLevel;
    return {
      type: "report",
      stream: this.stream,
      rate: this.ring.rate,
      level,
      ...this.heard.facts(level),
      received: this.received,
      played: this.played,
      underruns: this.underruns,
      lost: this.lost,
      skips: this.skips,
      stalled: this.waited > 0 ? this.waited / this.sampleRate : this.stalled,
      age: this.age,
      state: this.idle && this.state !== "off" && this.state !== "muted" ? "idle" : this.state,
    };
  }
}
