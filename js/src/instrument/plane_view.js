// Places on the plane: control units to pixels and back.

/** A view of a rectangle of control space, as the Python package's `Boundary`; coordinates are never clamped. */
export class PlaneView {
  /** @param {[number, number, number, number]} boundary left, top, right, bottom in control units. */
  constructor([left, top, right, bottom]) {
    this._left = left;
    this._top = top;
    this._width = right - left;
    this._height = bottom - top;
  }

  /**
   * Control units of a place in view fractions: (0, 0) is the top left corner.
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]}
   */
  fromUnit(x, y) {
    return [this._left + x * this._width, this._top + y * this._height];
  }

  /**
   * View fractions of a place in control units.
   * @param {ArrayLike<number>} place
   * @returns {[number, number]}
   */
  toUnit(place) {
    return [(place[0] - this._left) / this._width, (place[1] - this._top) / this._height];
  }
}
