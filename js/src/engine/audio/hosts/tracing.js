// What sounds, frame by frame, on its way to the page: in parts of a tenth of a second.

const PART_SECONDS = 0.1;

/** @typedef {import("../engine/voice.js").Voice} Voice */

export class Tracing {
  /**
   * @param {import("../../codecs/base.js").CodecInfo} info The codec.
   * @param {(message: any, gifts?: Transferable[]) => void} tell Takes each part.
   */
  constructor(info, tell) {
    this._tell = tell;
    this._dim = info.latentDim;
    this._room = Math.max(1, Math.round((PART_SECONDS * info.sampleRate) / info.ratio));
    this._latents = new Float32Array(this._room * info.latentDim);
    this._places = new Float32Array(this._room);
    this._dims = 1; // of the places
    this._frames = 0;
  }

  /** @param {Voice} voice Whose place counts as the one that sounded in a frame. */
  take(voice) {
    if (voice.place.length !== this._dims) {
      this._send(false); // another space: the kernel says what becomes of it
      this._dims = voice.place.length;
      this._places = new Float32Array(this._room * this._dims);
    }
    this._places.set(voice.place, this._frames * this._dims);
    voice.unshaped(this._latents.subarray(this._frames * this._dim, (this._frames + 1) * this._dim));
    this._frames++;
    if (this._frames === this._room) this._send(false);
  }

  /** Tell the rest. */
  end() {
    this._send(true);
  }

  /** @param {boolean} ended */
  _send(ended) {
    if (!this._frames && !ended) return;
    const places = this._places.slice(0, this._frames * this._dims);
    const latents = this._latents.slice(0, this._frames * this._dim);
    this._frames = 0;
    this._tell({ type: "traced", dims: this._dims, ended, places, latents }, [places.buffer, latents.buffer]);
  }
}
