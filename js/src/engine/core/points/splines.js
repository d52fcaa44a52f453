// Thin-plate splines through points that span the space, cones where they do not: scipy's RBFInterpolator without
// smoothing, as the Python package uses it (Duchon 1977; Fasshauer, "Meshfree Approximation Methods with Matlab", 2007).

const RANK_TOLERANCE = 1e-6;
const SAME_PLACE = 1e-6;

/**
 * Singular values of a matrix `[rows, columns]`, by rotating its columns until all are orthogonal (Hestenes 1958).
 * @param {Float64Array[]} columns Are changed.
 */
function singularValues(columns) {
  for (let sweep = 0; sweep < 30; sweep++) {
    let turned = false;
    for (let p = 0; p < columns.length; p++) {
      for (let q = p + 1; q < columns.length; q++) {
        const [u, v] = [columns[p], columns[q]];
        let [a, b, c] = [0, 0, 0];
        for (let i = 0; i < u.length; i++) {
          a += u[i] * u[i];
          b += v[i] * v[i];
          c += u[i] * v[i];
        }
        if (Math.abs(c) <= 1e-15 * Math.sqrt(a * b)) continue;
        turned = true;
        const zeta = (b - a) / (2 * c);
        const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cosine = 1 / Math.hypot(1, tangent);
        for (let i = 0; i < u.length; i++) {
          const [x, y] = [u[i], v[i]];
          u[i] = cosine * (x - tangent * y);
          v[i] = cosine * (tangent * x + y);
        }
      }
    }
    if (!turned) break;
  }
  return columns.map((column) => Math.hypot(...column));
}

/**
 * Solves `matrix · x = right` by elimination with the largest pivots.
 * @param {Float64Array[]} matrix Rows; are changed.
 * @param {Float64Array[]} right One row for each of the matrix; become the solution.
 */
function solve(matrix, right) {
  const size = matrix.length;
  for (let k = 0; k < size; k++) {
    let pivot = k;
    for (let i = k + 1; i < size; i++) if (Math.abs(matrix[i][k]) > Math.abs(matrix[pivot][k])) pivot = i;
    [matrix[k], matrix[pivot]] = [matrix[pivot], matrix[k]];
    [right[k], right[pivot]] = [right[pivot], right[k]];
    if (matrix[k][k] === 0) throw new Error("no spline goes through these points");
    for (let i = k + 1; i < size; i++) {
      const factor = matrix[i][k] / matrix[k][k];
      if (factor === 0) continue;
      for (let j = k; j < size; j++) matrix[i][j] -= factor * matrix[k][j];
      for (let j = 0; j < right[i].length; j++) right[i][j] -= factor * right[k][j];
    }
  }
  for (let k = size - 1; k >= 0; k--) {
    for (let d = 0; d < right[k].length; d++) {
      let sum = right[k][d];
      for (let j = k + 1; j < size; j++) sum -= matrix[k][j] * right[j][d];
      right[k][d] = sum / matrix[k][k];
    }
  }
}

export class Splines {
  /**
   * @param {ArrayLike<number>} places `[N, C]`.
   * @param {ArrayLike<number>} latents `[N, D]`.
   * @param {{ middle: Float64Array, spread: Float64Array }} scale Brings places to mean 0 and deviation 1.
   * @throws {Error} If two points are at one place.
   */
  constructor(places, latents, scale) {
    const dims = scale.middle.length;
    const count = places.length / dims;
    const latentDim = latents.length / count;
    this._scale = scale;
    this._points = Array.from({ length: count }, (_, n) =>
      Float64Array.from(scale.middle, (middle, c) => (places[n * dims + c] - middle) / scale.spread[c]),
    );
    const columns = [new Float64Array(count).fill(1)];
    for (let c = 0; c < dims; c++) columns.push(Float64Array.from(this._points, (point) => point[c]));
    // A thin plate also fits a plane, which needs points that span the space.
    this._plane = singularValues(columns).filter((value) => value > RANK_TOLERANCE).length === dims + 1;
    const size = count + (this._plane ? dims + 1 : 1);
    const matrix = Array.from({ length: size }, () => new Float64Array(size));
    const right = Array.from({ length: size }, () => new Float64Array(latentDim));
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        const distance = this._distance(this._points[i], this._points[j]);
        if (i !== j && distance < SAME_PLACE) {
          throw new Error(`points ${i + 1} and ${j + 1} are at one place, where no interpolation can meet both`);
        }
        matrix[i][j] = this._kernel(distance);
      }
      matrix[i][count] = matrix[count][i] = 1;
      if (this._plane) {
        for (let c = 0; c < dims; c++) matrix[i][count + 1 + c] = matrix[count + 1 + c][i] = this._points[i][c];
      }
      for (let d = 0; d < latentDim; d++) right[i][d] = latents[i * latentDim + d];
    }
    solve(matrix, right);
    this._coefficients = right;
    this._place = new Float64Array(dims);
    this._sum = new Float64Array(latentDim);
  }

  /**
   * @param {Float32Array} place
   * @param {Float32Array} latents
   */
  at(place, latents) {
    const { _place: at, _sum: sum, _points: points, _coefficients: coefficients } = this;
    for (let c = 0; c < at.length; c++) at[c] = (place[c] - this._scale.middle[c]) / this._scale.spread[c];
    sum.set(coefficients[points.length]);
    for (let n = 0; n < points.length; n++) this._add(coefficients[n], this._kernel(this._distance(at, points[n])));
    if (this._plane) for (let c = 0; c < at.length; c++) this._add(coefficients[points.length + 1 + c], at[c]);
    latents.set(sum);
  }

  /**
   * @param {Float64Array} row
   * @param {number} weight
   */
  _add(row, weight) {
    for (let d = 0; d < row.length; d++) this._sum[d] += weight * row[d];
  }

  /**
   * @param {Float64Array} a
   * @param {Float64Array} b
   */
  _distance(a, b) {
    let sum = 0;
    for (let c = 0; c < a.length; c++) sum += (a[c] - b[c]) ** 2;
    return Math.sqrt(sum);
  }

  /** @param {number} distance */
  _kernel(distance) {
    if (!this._plane) return -distance;
    return distance === 0 ? 0 : distance * distance * Math.log(distance);
  }
}
