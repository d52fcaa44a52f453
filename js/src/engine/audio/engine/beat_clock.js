// Where an engine is in its beats and bars.

const ROUNDING = 1e-9;

/** Beats since the start, counted by frames; another tempo goes on from where it is. */
export class BeatClock {
  /**
   * @param {number} frameRate Latent frames per second.
   * @param {number} tempo Beats per minute.
   */
  constructor(frameRate, tempo) {
    this._frameRate = frameRate;
    this._from = 0;
    this._frames = 0;
    this._step = 0;
    this.configure(tempo);
  }

  /** Where the next frame is. */
  get beats() {
    return this._from + this._frames * this._step;
  }

  /** Go on at this tempo. @param {number} tempo */
  configure(tempo) {
    this.place(this.beats);
    this._step = tempo / 60 / this._frameRate;
  }

  /** Go on from here. @param {number} beats */
  place(beats) {
    this._from = beats;
    this._frames = 0;
  }

  /** A frame has gone by. */
  advance() {
    this._frames++;
  }

  /** Whether a multiple of so many beats begins with the next frame. @param {number} every */
  isAt(every) {
    const coming = Math.ceil(this.beats / every - ROUNDING) * every;
    return Math.ceil((coming - this.beats) / this._step - ROUNDING) <= 0;
  }
}
