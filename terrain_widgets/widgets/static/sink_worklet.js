// @ts-check
// The audio thread's end: a ring of samples that plays at the lead, fades before it runs dry, and mutes on panic.
// Loaded from a Blob URL by browser_sink.js; its text travels in a synced trait.

const FADE = 256; // samples of every fade
const RING_SECONDS = 4;

class TerrainSink extends AudioWorkletProcessor {
  head = 0; // next sample to play
  level = 0;
  received = 0;
  played = 0;
  underruns = 0;
  lost = 0;
  nextSeq = 0;
  idle = false;
  dry = false; // the fade under way is an underrun
  gain = 0;
  step = 0;
  fadeLeft = 0;
  afterFade = "waiting";
  waited = 0; // samples of silence since an underrun
  stalled = 0; // seconds that the last one lasted

  constructor() {
    super();
    /** @type {Float32Array[]} */ this.ring = [new Float32Array(Math.ceil(sampleRate * RING_SECONDS))];
    this.capacity = this.ring[0].length;
    this.stream = 0;
    this.lead = 0;
    this.state = "off"; // off, waiting, playing, fading, muted
    this.reportEvery = Math.max(128, Math.round(sampleRate / 10));
    this.sinceReport = 0;
    this.sumSquares = 0;
    this.measured = 0;
    this.peak = 0;
    this.port.onmessage = (event) => this.take(event.data);
  }

  clear() {
    this.head = this.level = this.received = this.played = this.underruns = this.lost = this.nextSeq = 0;
    this.gain = this.step = this.fadeLeft = this.waited = this.stalled = 0;
    this.idle = this.dry = false;
    this.afterFade = "waiting";
  }

  /** @param {any} message */
  take(message) {
    if (message.type === "start") {
      this.ring = Array.from({ length: message.channels }, () => new Float32Array(this.capacity));
      this.clear();
      this.stream = message.stream;
      this.lead = Math.min(this.capacity / 2, Math.round(message.lead * sampleRate));
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
    else if (message.type === "lead") this.lead = Math.min(this.capacity / 2, Math.round(message.lead * sampleRate));
    else if (message.type === "idle") this.idle = true;
    else if (message.type === "resume") this.idle = false;
    else if (message.type === "stop") this.fadeTo("off", FADE);
  }

  /** @param {{seq: number, samples: Float32Array}} message */
  append({ seq, samples }) {
    if (this.state === "muted" || this.state === "off") return;
    if (this.state === "fading" && this.afterFade !== "waiting") return;
    if (seq !== this.nextSeq) this.lost += 1;
    this.nextSeq = seq + 1;
    const channels = this.ring.length;
    const count = Math.floor(samples.length / channels);
    const fitting = Math.min(count, this.capacity - this.level);
    if (fitting < count) this.lost += 1;
    let at = (this.head + this.level) % this.capacity;
    for (let i = 0; i < fitting; i++) {
      for (let c = 0; c < channels; c++) this.ring[c][at] = samples[i * channels + c];
      at = at + 1 === this.capacity ? 0 : at + 1;
    }
    this.level += fitting;
    this.received += count;
  }

  /**
   * Fade out from where the gain is, over at most what is left, then change state.
   * @param {string} state
   * @param {number} samples
   */
  fadeTo(state, samples) {
    const sounding = this.state === "playing" || this.state === "fading";
    this.fadeLeft = sounding ? Math.min(samples, this.level) : 0;
    this.afterFade = state;
    this.step = this.fadeLeft > 0 ? -this.gain / this.fadeLeft : 0;
    this.state = "fading";
    if (this.fadeLeft === 0) this.faded();
  }

  faded() {
    this.state = this.afterFade;
    this.gain = 0;
    this.step = 0;
    if (this.state !== "waiting") {
      this.level = 0;
      this.idle = true;
    }
  }

  /**
   * @param {Float32Array[][]} _inputs
   * @param {Float32Array[][]} outputs
   */
  process(_inputs, outputs) {
    const out = outputs[0];
    const frames = out[0].length;
    if (this.state === "playing" && this.level < frames + FADE) {
      this.dry = !this.idle;
      this.fadeTo("waiting", this.level);
    }
    if (this.state === "waiting" && this.level > 0 && this.level >= this.lead) {
      this.state = "playing";
      this.gain = 0;
      this.step = 1 / FADE;
      if (this.waited > 0) this.stalled = this.waited / sampleRate;
      this.waited = 0;
    }
    let n = 0;
    for (; n < frames && (this.state === "playing" || this.state === "fading"); n++) {
      this.gain = Math.min(1, Math.max(0, this.gain + this.step));
      for (let c = 0; c < out.length; c++) {
        const value = this.ring[Math.min(c, this.ring.length - 1)][this.head] * this.gain;
        out[c][n] = value;
        this.sumSquares += value * value;
        this.peak = Math.max(this.peak, Math.abs(value));
      }
      this.head = this.head + 1 === this.capacity ? 0 : this.head + 1;
      this.level -= 1;
      this.played += 1;
      if (this.state === "fading" && --this.fadeLeft === 0) {
        const dry = this.afterFade === "waiting" && this.dry;
        this.faded();
        if (dry) {
          this.underruns += 1;
          this.waited = 1;
        }
      }
    }
    if (this.waited > 0) this.waited += frames - n;
    if (this.idle) this.waited = 0;
    this.measured += frames * out.length;
    this.sinceReport += frames;
    if (this.sinceReport >= this.reportEvery) this.report();
    return true;
  }

  report() {
    this.port.postMessage({
      type: "report",
      stream: this.stream,
      level: this.level,
      received: this.received,
      played: this.played,
      underruns: this.underruns,
      lost: this.lost,
      stalled: this.waited > 0 ? this.waited / sampleRate : this.stalled,
      rms: Math.sqrt(this.sumSquares / Math.max(1, this.measured)),
      peak: this.peak,
      state: this.idle && this.state !== "off" && this.state !== "muted" ? "idle" : this.state,
    });
    this.sinceReport = 0;
    this.sumSquares = 0;
    this.measured = 0;
    this.peak = 0;
  }
}

registerProcessor("terrain-sink", TerrainSink);
