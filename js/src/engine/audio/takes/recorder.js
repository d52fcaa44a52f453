// Takes note of every frame that an engine plays, in the sound's thread; the page makes files of it.

const CHUNK = 16; // frames of sound that are handed over at once

/**
 * A recorded performance, as the page gets it; see `take_file.js`.
 * @typedef {object} Recorded
 * @property {string} codec
 * @property {number} sampleRate Hz.
 * @property {number} ratio
 * @property {number} latentDim
 * @property {number} dims C of the widest place.
 * @property {number[][]} places The first hand's, one for each frame.
 * @property {Record<number, number[][]>} fingers Places of the other hands that were ever down, by number from 1.
 * @property {import("./take.js").Stroke[]} strokes
 * @property {[number, number][]} live Where something was heard live: first frame, and how many.
 * @property {Record<string, any>} settings All values at the start.
 * @property {Record<string, import("../assets.js").PackedAsset>} assets What they name.
 * @property {{ frame: number, packed: import("../update.js").Packed }[]} updates What changed after that.
 */

export class Recorder {
  /**
   * @param {number} id Of the recording; comes with all that is told.
   * @param {import("../engine/engine.js").Engine} engine Freshly restarted.
   * @param {Record<string, import("../assets.js").PackedAsset>} assets What its patch names.
   * @param {(message: any, gifts?: Transferable[]) => void} tell Takes sound and, at the end, gestures.
   */
  constructor(id, engine, assets, tell) {
    const { name, sampleRate, ratio, channels, latentDim } = engine.info;
    this._tell = (/** @type {any} */ message) => tell({ ...message, recording: id });
    /** Frames whose gestures are noted. */
    this.frames = 0;
    /** Frames whose sound is noted. */
    this.sounded = 0;
    /** @type {Recorded} */
    this._recorded = {
      codec: name,
      sampleRate,
      ratio,
      latentDim,
      dims: 1,
      places: [],
      fingers: {},
      strokes: [],
      live: [],
      settings: engine.snapshot(),
      assets,
      updates: [],
    };
    this._chunk = Array.from({ length: channels }, () => new Float32Array(CHUNK * ratio));
    this._filled = 0; // frames
    // what was heard live, of a frame more: the next one may have begun
    this._latents = new Float32Array((CHUNK + 1) * latentDim);
    this._live = new Float32Array((CHUNK + 1) * ratio);
    this._heard = 0; // frames of these
    /** The newest stroke of each hand. @type {(import("./take.js").Stroke | undefined)[]} */
    this._last = [];
  }

  /** Whether the sound of a frame is still to come. */
  get waits() {
    return this.sounded < this.frames;
  }

  /**
   * A frame begins.
   * @param {import("../hosts/played_hand.js").PlayedHand[]} hands
   * @param {number} dims How many coordinates the mapping takes.
   * @param {number} gain
   * @param {boolean[]} onsets Which hands have been up and are down again.
   * @param {boolean} panic
   * @param {import("../engine/sources/clip.js").Heard | null} heard Live.
   */
  frame(hands, dims, gain, onsets, panic, heard) {
    const { places, fingers } = this._recorded;
    this._recorded.dims = Math.max(this._recorded.dims, dims);
    hands.forEach((hand, number) => {
      if (number && !hand.known) return;
      this._stroke(number, hand.level, gain, onsets[number], panic && number === 0);
      // nowhere before it first came down
      if (number && !fingers[number]) fingers[number] = Array.from({ length: this.frames }, () => []);
      (number ? fingers[number] : places).push(Array.from(hand.place.subarray(0, dims)));
    });
    if (heard) this._hear(heard);
    this.frames++;
  }

  /** @param {import("../engine/sources/clip.js").Heard} heard */
  _hear({ latents, own }) {
    this._latents.set(latents, this._heard * latents.length);
    this._live.set(own, this._heard * own.length);
    this._heard++;
    const last = this._recorded.live.at(-1);
    if (last && last[0] + last[1] === this.frames) last[1]++;
    else this._recorded.live.push([this.frames, 1]);
  }

  /**
   * @param {number} hand
   * @param {number} gate
   * @param {number} gain
   * @param {boolean} onset
   * @param {boolean} panic
   */
  _stroke(hand, gate, gain, onset, panic) {
    const last = this._last[hand];
    if (last && last[1] === gate && last[2] === gain && !onset && !panic) return;
    this._last[hand] = [this.frames, gate, gain, onset, panic, hand];
    this._recorded.strokes.push(this._last[hand]);
  }

  /** Something else has changed, before the next frame. @param {import("../update.js").Packed} packed */
  update({ config, arrays }) {
    this._recorded.updates.push({ frame: this.frames, packed: { config, arrays } });
  }

  /** A frame is whole. @param {Float32Array[]} audio */
  sound(audio) {
    for (let a = 0; a < audio.length; a++) this._chunk[a].set(audio[a], this._filled * audio[a].length);
    this.sounded++;
    this._filled++;
    if (this._filled === CHUNK) this._hand();
  }

  _hand() {
    const { ratio, latentDim } = this._recorded;
    if (!this._filled) return;
    const live = this._heard
      ? [this._latents.slice(0, this._heard * latentDim), this._live.slice(0, this._heard * ratio)]
      : [];
    this._tell({ type: "recorded", audio: this._chunk.map((c) => c.slice(0, this._filled * ratio)), live });
    this._filled = this._heard = 0;
  }

  /** End: what is not whole is left out. */
  finish() {
    this._hand();
    for (const own of [this._recorded.places, ...Object.values(this._recorded.fingers)]) own.length = this.sounded;
    this._recorded.strokes = this._recorded.strokes.filter(([frame]) => frame < this.sounded);
    this._recorded.live = this._recorded.live
      .map(([at, frames]) => /** @type {[number, number]} */ ([at, Math.min(frames, this.sounded - at)]))
      .filter(([, frames]) => frames > 0);
    this._recorded.updates = this._recorded.updates.filter(({ frame }) => frame < this.sounded);
    this._tell({ type: "take", take: this._recorded });
  }
}
