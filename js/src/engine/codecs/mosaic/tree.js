// Plants a k-d tree: points in leaves, of which `nearest.js` finds the nearest. Outside of the audio thread: it takes time.

/** @typedef {import("../../io/safetensors.js").Tensor} Tensor */

const LEAF = 12; // points

/**
 * A tree as flat arrays, by node: `splits` the dimension that it splits, or -1; `values` where; `firsts` and `ends` of its
 * points; `seconds` its second child, the first being the next node. By point: `rows` of the table, in the order of the
 * leaves, and `points`, their numbers.
 * @typedef {{ splits: Int32Array, values: Float64Array, firsts: Int32Array, ends: Int32Array, seconds: Int32Array,
 *   rows: Int32Array, points: Float32Array }} Tree
 */

class Planting {
  /**
   * @param {Float32Array} table
   * @param {number} dim
   * @param {Int32Array} rows Are put in the order of the leaves.
   */
  constructor(table, dim, rows) {
    this._table = table;
    this._dim = dim;
    this._rows = rows;
    /** @type {[number, number, number, number, number][]} split, value, first, end, second of each node */
    this.nodes = [];
    this._plant(0, rows.length);
  }

  /**
   * @param {number} first
   * @param {number} end
   */
  _plant(first, end) {
    const dim = end - first <= LEAF ? -1 : this._widest(first, end);
    /** @type {[number, number, number, number, number]} */
    const node = [dim, 0, first, end, 0];
    this.nodes.push(node);
    if (dim < 0) return;
    const key = (/** @type {number} */ row) => this._table[row * this._dim + dim];
    this._rows.subarray(first, end).sort((a, b) => key(a) - key(b));
    const middle = first + ((end - first) >> 1);
    node[1] = key(this._rows[middle]);
    this._plant(first, middle);
    node[4] = this.nodes.length;
    this._plant(middle, end);
  }

  /**
   * The dimension in which points differ most; -1 if they are all alike.
   * @param {number} first
   * @param {number} end
   */
  _widest(first, end) {
    let [best, widest] = [-1, 0];
    for (let d = 0; d < this._dim; d++) {
      let [low, high] = [Infinity, -Infinity];
      for (let k = first; k < end; k++) {
        const value = this._table[this._rows[k] * this._dim + d];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (high - low > widest) [best, widest] = [d, high - low];
    }
    return best;
  }
}

/**
 * @param {Float32Array} table Rows of `dim` numbers.
 * @param {number} dim
 * @param {ArrayLike<number>} which Rows that are points.
 * @returns {Tree}
 */
export function plantTree(table, dim, which) {
  const rows = Int32Array.from(which);
  const { nodes } = new Planting(table, dim, rows);
  const points = new Float32Array(rows.length * dim);
  rows.forEach((row, k) => {
    points.set(table.subarray(row * dim, (row + 1) * dim), k * dim);
  });
  const [splits, values, firsts, ends, seconds] = [0, 1, 2, 3, 4].map((k) => nodes.map((node) => node[k]));
  return {
    splits: Int32Array.from(splits),
    values: Float64Array.from(values),
    firsts: Int32Array.from(firsts),
    ends: Int32Array.from(ends),
    seconds: Int32Array.from(seconds),
    rows,
    points,
  };
}
