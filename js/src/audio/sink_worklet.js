// The audio thread's end: plays a ring of samples at the lead, fades before it runs dry, skips what comes far too late,
// and mutes on panic.
// browser_sink.py puts it together with what it imports; the text travels in a synced trait and is loaded from a Blob.

import { SampleRing } from "./sample_ring.js";

const FADE = 256; // frames of every fade
const RING_SECONDS = 4;

class TerrainSink extends AudioWorkletProcessor {
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
  afterFade = "waiting";
  waited = 0; // frames of silence since an underrun
  stalled = 0; // seconds that the last one lasted
  /** @type {[number, number][]} */ sent = []; // of each message in the ring: its first sample, when it was sent
  // since the last report
  sinceReport = 0; // frames
  sumSquares = 0;
  measured = 0;
  peak = 0;
  sumLevels = 0;
  quanta = 0;
  lowest = Infinity;

  constructor() {
    super();
    this.ring = new SampleRing(1, sampleRate, sampleRate, RING_SECONDS);
    this.stream = 0;
    this.lead = 0; // samples
    this.spare = Infinity; // samples above the lead that are still no reason to skip
    this.state = "off"; // off, waiting, playing, fading, muted
    this.reportEvery = Math.max(128, Math.round(sampleRate / 10));
    this.port.onmessage = (event) => this.take(event.data);
  }

  startMeasuring() {
    this.sinceReport = this.sumSquares = this.measured = this.peak = 0;
    this.sumLevels = this.quanta = 0;
    this.lowest = Infinity;
  }

  clear() {
    this.received = this.played = this.underruns = this.lost = this.skips = this.nextSeq = 0;
    this.gain = this.step = this.fadeLeft = this.waited = this.stalled = 0;
    this.idle = this.dry = false;
    this.afterFade = "waiting";
    this.sent = [];
    this.startMeasuring();
  }

  /** @param {any} message */
  take(message) {
    if (message.type === "line") {
      message.port.onmessage = (/** @type {MessageEvent} */ event) => this.take(event.data);
      return;
    }
    if (message.type === "start") {
      this.ring = new SampleRing(message.channels, message.rate, sampleRate, RING_SECONDS);
      this.clear();
      this.stream = message.stream;
      this.setLead(message.lead);
      this.spare = (message.spare ?? Infinity) * message.rate;
      this.state = "waiting";
      return;
    }
    if (message.type === "panic") {
      // From the user no stream is named; from the kernel only the present one is meant.
      if (message.stream === undefined || message.stream === this.stream) this.fadeTo("muted", 96);
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
   * @param {string} state
   * @param {number} frames
   */
  fadeTo(state, frames) {
    const sounding = this.state === "playing" || this.state === "fading";
    this.fadeLeft = sounding ? Math.min(frames, this.ring.frames) : 0;
    this.afterFade = state;
    this.step = this.fadeLeft > 0 ? -this.gain / this.fadeLeft : 0;
    this.state = "fading";
    if (this.fadeLeft === 0) this.faded();
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

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const out = outputs[0];
    const frames = out[0].length;
    if (this.state === "playing" && this.ring.frames < frames + FADE) {
      this.dry = !this.idle;
      this.fadeTo("waiting", this.ring.frames);
    }
    if (this.state === "playing" && this.tooMuch) this.fadeTo("playing", FADE);
    if (this.state === "waiting" && this.ring.frames > 0 && this.ring.level >= this.lead) {
      this.begin();
      if (this.waited > 0) this.stalled = this.waited / sampleRate;
      this.waited = 0;
    }
    let n = 0;
    while (n < frames && (this.state === "playing" || this.state === "fading")) {
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
    if (this.state === "playing") this.lowest = Math.min(this.lowest, this.ring.level);
    this.sumLevels += this.settledLevel;
    this.quanta += 1;
    this.measured += frames * out.length;
    this.sinceReport += frames;
    if (this.sinceReport >= this.reportEvery) this.report();
    return true;
  }

  /**
   * Apply the fades' gain to frames `from` to `to`, and measure them.
   * @param {Float32Array[]} out
   * @param {number} from
   * @param {number} to
   */
  shape(out, from, to) {
    for (let n = from; n < to; n++) {
      this.gain = Math.min(1, Math.max(0, this.gain + this.step));
      for (let c = 0; c < out.length; c++) {
        const value = out[c][n] * this.gain;
        out[c][n] = value;
        this.sumSquares += value * value;
        this.peak = Math.max(this.peak, Math.abs(value));
      }
    }
  }

  /** Seconds from sending what plays now, by two clocks that are one where the kernel's machine is the page's. */
  get age() {
    const at = this.received - this.ring.level;
    while (this.sent.length > 1 && this.sent[1][0] <= at) this.sent.shift();
    if (this.state !== "playing" || this.sent.length === 0) return undefined;
    const [first, sentAt] = this.sent[0];
    return Date.now() / 1000 - sentAt - (at - first) / this.ring.rate;
  }

  report() {
    const level = this.settledLevel;
    this.port.postMessage({
      type: "report",
      stream: this.stream,
      rate: this.ring.rate,
      level,
      mean: this.sumLevels / Math.max(1, this.quanta),
      lowest: Math.min(level, this.lowest),
      received: this.received,
      played: this.played,
      underruns: this.underruns,
      lost: this.lost,
      skips: this.skips,
      stalled: this.waited > 0 ? this.waited / sampleRate : this.stalled,
      rms: Math.sqrt(this.sumSquares / Math.max(1, this.measured)),
      peak: this.peak,
      age: this.age,
      state: this.idle && this.state !== "off" && this.state !== "muted" ? "idle" : this.state,
    });
    this.startMeasuring();
  }
}

registerProcessor("terrain-sink", TerrainSink);
