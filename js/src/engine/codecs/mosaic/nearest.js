// A k-d tree: which of many points are nearest to a place. (Bentley, Comm. ACM 18(9), 1975; Arya & Mount, 1993.)

const LEAF = 12; // points

export class NearestPoints {
  /**
   * @param {Float32Array} table Rows of `dim` numbers.
   * @param {number} dim
   * @param {ArrayLike<number>} rows Which of them are points.
   * @param {number} most Largest number of neighbours that is asked for.
   */
  constructor(table, dim, rows, most) {
    this._dim = dim;
    this._rows = Int32Array.from(rows);
    this._table = table;
    /** @type {number[]} of each node: the dimension that it splits, or -1. */
    this._splits = [];
    /** @type {number[]} */
    this._values = [];
    /** @type {number[]} */
    this._starts = [];
    /** @type {number[]} */
    this._ends = [];
    /** @type {number[]} of each node its second child; the first is the next node. */
    this._seconds = [];
    this._build(0, this._rows.length);
    // in the order of the leaves, so that a leaf lies together
    this._points = new Float32Array(this._rows.length * dim);
    this._rows.forEach((row, k) => {
      this._points.set(table.subarray(row * dim, (row + 1) * dim), k * dim);
    });
    this._place = new Float64Array(dim);
    this._beyond = new Float64Array(dim); // how far the present node lies beyond the place
    /** Rows of the neighbours that were found, nearest first. */
    this.found = new Int32Array(most);
    /** Their squared distances. */
    this.squares = new Float64Array(most);
    this._wanted = 0;
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  _build(start, end) {
    const node = this._splits.length;
    const dim = this._widest(start, end);
    const leaf = end - start <= LEAF || dim < 0;
    this._splits.push(leaf ? -1 : dim);
    this._values.push(0);
    this._starts.push(start);
    this._ends.push(end);
    this._seconds.push(0);
    if (leaf) return;
    const part = this._rows.subarray(start, end);
    const key = (/** @type {number} */ row) => this._table[row * this._dim + dim];
    part.sort((a, b) => key(a) - key(b));
    const middle = start + ((end - start) >> 1);
    this._values[node] = key(this._rows[middle]);
    this._build(start, middle);
    this._seconds[node] = this._splits.length;
    this._build(middle, end);
  }

  /**
   * The dimension in which points differ most; -1 if they are all alike.
   * @param {number} start
   * @param {number} end
   */
  _widest(start, end) {
    let [best, widest] = [-1, 0];
    for (let d = 0; d < this._dim; d++) {
      let [low, high] = [Infinity, -Infinity];
      for (let k = start; k < end; k++) {
        const value = this._table[this._rows[k] * this._dim + d];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > widest) [best, widest] = [d, high - low];
    }
    return best;
  }

  /**
   * Finds the nearest points; of equally near ones those of lower rows.
   * @param {ArrayLike<number>} place
   * @param {number} k How many.
   * @returns {number} How many there are.
   */
  search(place, k) {
    this._wanted = Math.min(k, this._rows.length, this.found.length);
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
    const dim = this._splits[node];
    if (dim < 0) {
      for (let k = this._starts[node]; k < this._ends[node]; k++) this._consider(k);
      return;
    }
    const away = this._place[dim] - this._values[node];
    const [first, second] = [node + 1, this._seconds[node]];
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
    let square = 0;
    for (let d = 0, at = k * this._dim; d < this._dim; d++, at++) {
      const difference = this._points[at] - this._place[d];
      square += difference * difference;
    }
    const row = this._rows[k];
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
