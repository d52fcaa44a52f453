// Which of many points are nearest to a place. (Bentley, Comm. ACM 18(9), 1975; Arya & Mount, 1993.)

export class NearestPoints {
  /**
   * @param {import("./tree.js").Tree} tree
   * @param {number} dim
   * @param {number} most Largest number of neighbours that is asked for.
   */
  constructor(tree, dim, most) {
    this._tree = tree;
    this._dim = dim;
    this._place = new Float64Array(dim);
    this._beyond = new Float64Array(dim); // how far the present node lies beyond the place
    /** Rows of the neighbours that were found, nearest first. */
    this.found = new Int32Array(most);
    /** Their squared distances. */
    this.squares = new Float64Array(most);
    this._wanted = 0;
  }

  /**
   * Finds the nearest points; of equally near ones those of lower rows.
   * @param {ArrayLike<number>} place
   * @param {number} k How many.
   * @returns {number} How many there are.
   */
  search(place, k) {
    this._wanted = Math.min(k, this._tree.rows.length, this.found.length);
    for (let d = 0; d < this._dim; d++) this._place[d] = place[d];
    this._beyond.fill(0);
    this.squares.fill(Infinity);
    this._visit(0, 0);
    return this._wanted;
  }

  /**
   * @param {number} node
   * @param {number} least No point of it is nearer: a squared distance.
   */
  _visit(node, least) {
    const { splits, values, firsts, ends, seconds } = this._tree;
    const dim = splits[node];
    if (dim < 0) {
      for (let k = firsts[node]; k < ends[node]; k++) this._consider(k);
      return;
    }
    const away = this._place[dim] - values[node];
    const [first, second] = [node + 1, seconds[node]];
    this._visit(away < 0 ? first : second, least);
    const before = this._beyond[dim];
    const farther = least - before * before + away * away;
    if (farther > this.squares[this._wanted - 1]) return;
    this._beyond[dim] = away;
    this._visit(away < 0 ? second : first, farther);
    this._beyond[dim] = before;
  }

  /** @param {number} k */
  _consider(k) {
    const { found, squares } = this;
    const { points, rows } = this._tree;
    let square = 0;
    for (let d = 0, at = k * this._dim; d < this._dim; d++, at++) {
      const difference = points[at] - this._place[d];
      square += difference * difference;
    }
    const row = rows[k];
    let at = this._wanted - 1;
    if (square > squares[at] || (square === squares[at] && row > found[at])) return;
    for (; at > 0 && (square < squares[at - 1] || (square === squares[at - 1] && row < found[at - 1])); at--) {
      squares[at] = squares[at - 1];
      found[at] = found[at - 1];
    }
    squares[at] = square;
    found[at] = row;
  }
}
