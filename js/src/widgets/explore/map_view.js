// Where the points of a map are on the screen, and which is near: pure arithmetic, ten thousand points at once.

const CLOSEST = 1000; // largest zoom

/** A view of points in control units: zoomed about any place, moved, asked for the nearest point. */
export class MapView {
  /**
   * @param {Float32Array} places `[N, 2]` in control units.
   * @param {number[]} boundary left, top, right, bottom in control units: what is seen at zoom 1.
   */
  constructor(places, boundary) {
    this.places = places;
    this.boundary = boundary;
    this._inView = new Float64Array(places.length);
    this._known = false; // whether that is of this view
    this.zoom = 1;
    this.x = 0; // what is seen begins here, in fractions of the whole
    this.y = 0;
  }

  get count() {
    return this.places.length / 2;
  }

  /** Fractions of the view of a place in control units. @param {number} x @param {number} y @returns {[number, number]} */
  toView(x, y) {
    const [left, top, right, bottom] = this.boundary;
    const u = (x - left) / (right - left);
    const v = (y - top) / (bottom - top);
    return [(u - this.x) * this.zoom, (v - this.y) * this.zoom];
  }

  /** Control units of a place in fractions of the view. @param {number} u @param {number} v @returns {[number, number]} */
  fromView(u, v) {
    const [left, top, right, bottom] = this.boundary;
    return [left + (this.x + u / this.zoom) * (right - left), top + (this.y + v / this.zoom) * (bottom - top)];
  }

  /** See it so many times as large, while what is at (u, v) stays there. @param {number} factor @param {number} u @param {number} v */
  magnify(factor, u, v) {
    const zoom = Math.min(CLOSEST, Math.max(1, this.zoom * factor));
    this.x += u / this.zoom - u / zoom;
    this.y += v / this.zoom - v / zoom;
    this.zoom = zoom;
    this._keep();
  }

  /** Move what is seen by fractions of the view. @param {number} du @param {number} dv */
  move(du, dv) {
    this.x -= du / this.zoom;
    this.y -= dv / this.zoom;
    this._keep();
  }

  reset() {
    this.zoom = 1;
    this.x = 0;
    this.y = 0;
    this._known = false;
  }

  /** Have a point in sight. @param {number} point */
  reveal(point) {
    const [u, v] = this.at(point);
    const out = (/** @type {number} */ w) => (w < 0.05 ? 0.05 - w : w > 0.95 ? 0.95 - w : 0);
    this.move(out(u), out(v));
  }

  /** Fractions of the view of a point. @param {number} point @returns {[number, number]} */
  at(point) {
    return this.toView(this.places[2 * point], this.places[2 * point + 1]);
  }

  /** Fractions of the view of every point, `[N, 2]`; good until the view moves, and computed once for it. */
  inView() {
    const { places, boundary, zoom, x, y, _inView: out } = this;
    if (this._known) return out;
    this._known = true;
    const [left, top, right, bottom] = boundary;
    const [across, down] = [zoom / (right - left), zoom / (bottom - top)];
    for (let n = 0; n < places.length; n += 2) {
      out[n] = (places[n] - left) * across - x * zoom;
      out[n + 1] = (places[n + 1] - top) * down - y * zoom;
    }
    return out;
  }

  /**
   * The point nearest to a place in fractions of the view, or -1 if none is within a distance.
   * @param {number} u @param {number} v @param {number} within fraction of the view
   */
  nearest(u, v, within = Number.POSITIVE_INFINITY) {
    let best = -1;
    let least = within * within;
    const places = this.inView();
    for (let n = 0; n < this.count; n++) {
      const a = places[2 * n];
      const b = places[2 * n + 1];
      const squared = (a - u) ** 2 + (b - v) ** 2;
      if (squared <= least && (squared < least || best < 0)) {
        least = squared;
        best = n;
      }
    }
    return best;
  }

  /**
   * The next point from one in a direction: near, and not far aside; itself if there is none.
   * @param {number} point @param {number} dx 1 is to the right @param {number} dy 1 is down
   */
  next(point, dx, dy) {
    const places = this.inView();
    const u = places[2 * point];
    const v = places[2 * point + 1];
    let best = point;
    let least = Number.POSITIVE_INFINITY;
    for (let n = 0; n < this.count; n++) {
      const a = places[2 * n];
      const b = places[2 * n + 1];
      const along = (a - u) * dx + (b - v) * dy;
      const aside = Math.abs((a - u) * dy) + Math.abs((b - v) * dx);
      if (n === point || along <= 1e-9 || aside > 2 * along) continue;
      const cost = along + 2 * aside;
      if (cost < least) {
        least = cost;
        best = n;
      }
    }
    return best;
  }

  _keep() {
    const most = 1 - 1 / this.zoom;
    this.x = Math.min(most, Math.max(0, this.x));
    this.y = Math.min(most, Math.max(0, this.y));
    this._known = false;
  }
}
