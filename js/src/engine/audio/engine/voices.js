// The voices of an engine: the hand's, with a clip underneath, and one for each playhead.

import { ClipPlayer } from "./clip_player.js";
import { Transport } from "./playhead.js";
import { Voice } from "./voice.js";

/** Who sounds, and with which latents. Whatever begins or ends does so at the boundary of a latent frame. */
export class Voices {
  /**
   * @param {import("../../codecs/base.js").CodecInfo} info The codec.
   * @param {number} rampSamples Length of the gates' and the mix's ramps.
   * @param {import("./latent_chain.js").LatentSettings} settings How latents are shaped.
   */
  constructor(info, rampSamples, settings) {
    this._info = info;
    this._ramp = rampSamples;
    this.settings = settings;
    this.base = new ClipPlayer(info, rampSamples);
    /** @type {Transport[]} */
    this._transports = [];
    /** @type {boolean[]} */
    this._sounding = new Array(info.maxVoices + 1).fill(false);
    this._place = new Float32Array(1);
    this._voices = [this._new()];
    this._badOfTheGone = 0;
    this._handGate = 0;
    this._handWasDown = false;
    this.panicked = false;
  }

  /** All silent, as at the start; playheads keep their places, the clip begins anew. */
  restart() {
    this._transports = this._transports.map((transport) => new Transport(transport.now));
    this.base.begin();
    this._voices = Array.from({ length: 1 + this._transports.length }, () => this._new());
    this._badOfTheGone = 0;
    this._handGate = 0;
    this._handWasDown = false;
    this.panicked = false;
  }

  _new() {
    return new Voice(this.settings, this._ramp, this._info.sampleRate / this._info.ratio);
  }

  // --- what there is to see

  /** The playheads, each beginning at where it is now. */
  get playheads() {
    return this._transports.map((transport) => transport.now);
  }

  /** How many playheads there are. */
  get count() {
    return this._transports.length;
  }

  /**
   * Where a playhead is, in points of its path; -1 if it does not sound.
   * @param {number} k
   */
  position(k) {
    return this._voices[k + 1].active ? this._transports[k].position : -1;
  }

  /** The hand's own voice is silent, whatever the playheads do. */
  get handSilent() {
    return !this._voices[0].active;
  }

  /** None sounds, and none is about to. */
  get silent() {
    for (let k = 0; k < this._voices.length; k++) if (this._voices[k].active || this._wanted(k) > 0) return false;
    return true;
  }

  /** Rows of the decoder that the next frame will need at most. */
  get rowsAhead() {
    let rows = 0;
    for (let k = 0; k < this._voices.length; k++) if (this._voices[k].active || this._wanted(k) > 0) rows = k + 1;
    return rows;
  }

  /** Latent rows that were no numbers, since the start. */
  get badRows() {
    let sum = this._badOfTheGone;
    for (let k = 0; k < this._voices.length; k++) sum += this._voices[k].guard.count;
    return sum;
  }

  // --- what may change between two frames

  /** What comes next comes from elsewhere: all lead over to it. */
  glide() {
    for (const voice of this._voices) voice.glide();
  }

  /** @param {import("./latent_chain.js").LatentSettings} settings */
  setLatents(settings) {
    this.settings = settings;
    for (const voice of this._voices) voice.guard.settings = settings;
    this.glide();
  }

  /**
   * Play along these paths. The k-th goes on from where the k-th was.
   * @param {import("./playhead.js").Playhead[]} playheads
   */
  setPlayheads(playheads) {
    const kept = this._transports.slice(0, playheads.length);
    kept.forEach((transport, k) => {
      if (transport.take(playheads[k])) this._voices[k + 1].glide();
    });
    this._transports = [...kept, ...playheads.slice(kept.length).map((head) => new Transport(head))];
    // A voice whose playhead is gone still has to fade out: it stays, and its place with it.
    while (this._voices.length < 1 + this._transports.length) this._voices.push(this._new());
  }

  /**
   * Close all gates; what plays by itself is paused.
   * @param {number} rampSamples
   */
  panic(rampSamples) {
    this.panicked = true;
    for (const transport of this._transports) transport.take({ ...transport.playhead, playing: false });
    this.base.stop();
    for (const voice of this._voices) voice.gate.close(rampSamples);
  }

  /**
   * Where the hand is: 0 is up.
   * @param {number} gate
   * @returns {boolean} Whether it has come down.
   */
  steer(gate) {
    const down = gate > 0;
    const touched = down && !this._handWasDown;
    if (touched) this.base.rewindIfEnded();
    this._handWasDown = down;
    this._handGate = gate;
    return touched;
  }

  /** Take the hand as having been up. */
  liftHand() {
    this._handWasDown = false;
  }

  /** All gates shut without a ramp, to fade in again: for a frame that was muted. */
  closeAtOnce() {
    for (let k = 0; k < this._voices.length; k++) {
      const { gate } = this._voices[k];
      const target = gate.target;
      gate.jump(0);
      gate.set(target);
    }
  }

  // --- frame by frame

  /**
   * Begin what begins now and end what ends.
   * @returns {number} How many rows of the decoder are needed.
   */
  openAndClose() {
    for (let k = 0; k < this._voices.length; k++) {
      const voice = this._voices[k];
      const level = this._wanted(k);
      if (level > 0) {
        if (!voice.active) voice.forget();
        voice.gate.open(level);
      } else if (voice.gate.target !== 0) {
        voice.gate.close();
      }
    }
    while (this._voices.length > 1 + this._transports.length && !this._voices[this._voices.length - 1].active) {
      this._badOfTheGone += this._voices[this._voices.length - 1].guard.count;
      this._voices.pop();
    }
    let rows = 0;
    for (let k = 0; k < this._sounding.length; k++) {
      this._sounding[k] = k < this._voices.length && this._voices[k].active;
      if (this._sounding[k]) rows = k + 1;
    }
    return rows;
  }

  /**
   * The level at which a voice's gate should be open now.
   * @param {number} k
   */
  _wanted(k) {
    if (this.panicked) return 0;
    if (k === 0) return this.base.goesOn ? this._handGate || (this.base.running ? 1 : 0) : 0;
    if (k > this._transports.length) return 0;
    const transport = this._transports[k - 1];
    return transport.playhead.playing && !transport.ended ? transport.playhead.gain : 0;
  }

  /**
   * Latents of a row for the hand's place; a silent row rests at the origin.
   * @param {number} row
   * @param {import("../../core/mapping.js").Mapping} mapping
   * @param {Float32Array} hand The hand's place `[C]`.
   * @param {Float32Array} latents Is filled, `[D]`.
   */
  latents(row, mapping, hand, latents) {
    latents.fill(0);
    if (!this._sounding[row]) return;
    const voice = this._voices[row];
    if (row > this._transports.length) {
      voice.hold(latents); // its playhead is gone: what it was dies away
      return;
    }
    if (row === 0) {
      mapping.at(hand, latents);
      this.base.steer(latents);
    } else {
      const transport = this._transports[row - 1];
      transport.coordinates(this._placeOf(mapping.controlDim));
      transport.advance();
      mapping.at(this._place, latents);
    }
    voice.shape(latents);
  }

  /** @param {number} controlDim */
  _placeOf(controlDim) {
    if (this._place.length !== controlDim) this._place = new Float32Array(controlDim);
    return this._place;
  }

  /**
   * Decoded rows through their gates to one sound.
   * @param {Float32Array[][]} decoded `[B][A][ratio]`, is changed.
   * @param {number} rows B.
   * @param {Float32Array[]} audio Is filled, `[A][ratio]`.
   * @param {number} from First sample that is meant.
   * @param {number} to The one after the last.
   */
  mix(decoded, rows, audio, from, to) {
    for (let a = 0; a < audio.length; a++) audio[a].fill(0, from, to);
    for (let k = 0; k < rows; k++) {
      if (!this._sounding[k]) continue;
      const row = decoded[k];
      if (k === 0) this.base.mix(row, from, to);
      this._voices[k].gate.process(row, from, to);
      for (let a = 0; a < audio.length; a++) {
        const own = row[a];
        const sum = audio[a];
        for (let i = from; i < to; i++) sum[i] += own[i];
      }
    }
  }

  /** Move on what `latents` has not moved on: playheads turned down to nothing, and the clip underneath. */
  advance() {
    for (let k = 0; k < this._transports.length; k++) {
      const transport = this._transports[k];
      if (transport.playhead.playing && !transport.ended && !this._sounding[k + 1]) transport.advance();
    }
    if (this._sounding[0]) this.base.advance();
  }
}
