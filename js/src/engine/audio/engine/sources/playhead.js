// Playheads: where along a path the sound is at each latent frame.

/**
 * A path and how it is played.
 * @typedef {object} Playhead
 * @property {import("../../assets.js").PathAsset} path One point is one latent frame at speed 1.
 * @property {number} speed -4 to 4; negative is backwards, 0 holds.
 * @property {"once" | "loop" | "ping-pong"} loop
 * @property {number} gain Linear, 0 to 1.
 * @property {boolean} playing Whether it sounds; a paused playhead keeps its place.
 * @property {boolean} interpolate Between two points go straight, or hold the first.
 * @property {number} shift How many points from where it is it plays.
 * @property {{ token: number, start: number } | null} seek Where to begin, in points; a new token moves it there.
 */

const { fround } = Math;

/**
 * The remainder with the sign of the divisor, as numpy's `mod`.
 * @param {number} value
 * @param {number} length Above 0.
 */
function modulo(value, length) {
  const rest = value % length;
  return rest < 0 ? rest + length : rest;
}

/**
 * @param {import("../../assets.js").PathAsset} a
 * @param {import("../../assets.js").PathAsset} b
 */
function samePath(a, b) {
  if (a === b) return true;
  return a.count === b.count && a.dims === b.dims && a.points.every((value, i) => value === b.points[i]);
}

/**
 * One playhead in motion. The place at a frame is computed from an anchor, not summed up; it is counted in points on an
 * unfolded line, and `folded` brings it onto the path.
 * @implements {Source}
 * @typedef {import("./source.js").Source} Source
 */
export class Transport {
  /** @param {Playhead} playhead What to play first. */
  constructor(playhead) {
    this.kind = /** @type {const} */ ("playhead");
    this.keepsVoice = true;
    this.playhead = playhead;
    this._token = playhead.seek ? playhead.seek.token : null;
    this._anchor = Transport.beginning(playhead);
    this._frames = 0; // since the anchor
  }

  /** @param {Playhead} playhead */
  static beginning({ seek, path, loop, speed }) {
    if (seek) return Math.min(Math.max(0, seek.start), path.count * (loop === "ping-pong" ? 2 : 1));
    return speed < 0 ? path.count : 0;
  }

  get _place() {
    return this._anchor + this.playhead.speed * this._frames;
  }

  /**
   * The playhead, beginning where it is; on the way back of a ping-pong that lies beyond the path's end.
   * @returns {Playhead}
   */
  get now() {
    const start =
      this.playhead.loop === "ping-pong" ? modulo(this._place, 2 * this.playhead.path.count) : this.position;
    return { ...this.playhead, seek: { token: this._token ?? 0, start } };
  }

  /** Where it is, in points from the path's start. */
  get position() {
    return this._folded(this._place);
  }

  /** Where it plays, in points from the path's start: its position with the shift. */
  get played() {
    return this._folded(this._place + this.playhead.shift);
  }

  /** Whether a playhead that plays once has come to its end. */
  get ended() {
    const { loop, speed, path } = this.playhead;
    if (loop !== "once" || speed === 0) return false;
    const way = speed > 0 ? path.count - this._place : this._place;
    return Math.ceil(way / Math.abs(speed) - 1e-9) <= 0;
  }

  /**
   * Go on as this playhead from here.
   * @param {Playhead} playhead
   * @returns {boolean} Whether its place jumps.
   */
  take(playhead) {
    const here = this._place;
    const moved = playhead.seek !== null && playhead.seek.token !== this._token;
    const restart = playhead.playing && !this.playhead.playing && this.ended;
    const again = moved || restart || !samePath(playhead.path, this.playhead.path);
    this._token = playhead.seek ? playhead.seek.token : null;
    if (moved) {
      this._anchor = Transport.beginning(playhead);
    } else if (!restart) {
      const same = playhead.path.count === this.playhead.path.count && playhead.loop === this.playhead.loop;
      this._anchor = same ? here : Math.min(this.position, playhead.path.count);
    } else {
      this._anchor = playhead.speed < 0 ? playhead.path.count : 0;
    }
    this.playhead = playhead;
    this._frames = 0;
    return again;
  }

  /** Its gain, while it plays. */
  get level() {
    return this.playhead.playing && !this.ended ? this.playhead.gain : 0;
  }

  /** Pause where it is. */
  stop() {
    this.take({ ...this.playhead, playing: false });
  }

  /** Begin where it is. */
  restart() {
    this.playhead = this.now;
    this._token = this.playhead.seek?.token ?? null;
    this._anchor = Transport.beginning(this.playhead);
    this._frames = 0;
  }

  /** Move on while it plays, turned down to nothing too, and while it fades out. @param {boolean} sounding */
  advance(sounding) {
    if (sounding || (this.playhead.playing && !this.ended)) this._frames++;
  }

  steer() {}

  mix() {}

  /**
   * Coordinates of the next frame; what the path does not say is 0.
   * @param {Float32Array} place Is filled, `[C]`.
   */
  place(place) {
    const { points, count, dims } = this.playhead.path;
    const at = this.played;
    const low = Math.min(Math.max(Math.floor(at), 0), count - 1);
    const high = Math.min(low + 1, count - 1);
    const part = this.playhead.interpolate ? fround(Math.min(1, Math.max(0, at - low))) : 0;
    for (let c = 0; c < place.length; c++) {
      if (c >= dims) {
        place[c] = 0;
        continue;
      }
      const first = points[low * dims + c];
      place[c] = part ? first + fround(part * fround(points[high * dims + c] - first)) : first;
    }
  }

  /** @param {number} place */
  _folded(place) {
    const { loop, path } = this.playhead;
    if (loop === "once") return Math.min(Math.max(place, 0), path.count);
    if (loop === "loop") return modulo(place, path.count);
    const thereAndBack = modulo(place, 2 * path.count);
    return Math.min(thereAndBack, 2 * path.count - thereAndBack);
  }
}
