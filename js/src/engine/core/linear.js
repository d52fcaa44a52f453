// A layer of a network, summed in double precision: what float32 keeps of the result no longer depends on the order.

/**
 * `output = weight · input + bias`.
 * @param {ArrayLike<number>} weight `[rows, columns]`, row by row.
 * @param {ArrayLike<number>} bias `[rows]`.
 * @param {ArrayLike<number>} input `[columns]`.
 * @param {Float64Array | Float32Array} output Is filled, `[rows]`.
 * @param {number} rows
 * @param {number} columns
 */
export function affine(weight, bias, input, output, rows, columns) {
  const fours = columns - (columns % 4);
  for (let row = 0, at = 0; row < rows; row++) {
    let a = bias[row];
    let b = 0;
    let c = 0;
    let d = 0;
    let column = 0;
    for (; column < fours; column += 4, at += 4) {
      a += weight[at] * input[column];
      b += weight[at + 1] * input[column + 1];
      c += weight[at + 2] * input[column + 2];
      d += weight[at + 3] * input[column + 3];
    }
    for (; column < columns; column++, at++) a += weight[at] * input[column];
    output[row] = a + b + (c + d);
  }
}
