// The inverse Fourier transform of a real signal, in double precision and without allocating.

/** From `size / 2 + 1` bins to `size` samples, not scaled: `out[t] = Σ X[k] e^{2πikt/size}` over both halves. */
export class RealInverseFFT {
  /** @param {number} size A power of two. */
  constructor(size) {
    const half = size / 2;
    this.size = size;
    this._re = new Float64Array(half);
    this._im = new Float64Array(half);
    this._cos = new Float64Array(half);
    this._sin = new Float64Array(half);
    this._reversed = new Uint16Array(half);
    const bits = Math.log2(half);
    for (let i = 0; i < half; i++) {
      this._cos[i] = Math.cos((2 * Math.PI * i) / size);
      this._sin[i] = Math.sin((2 * Math.PI * i) / size);
      for (let bit = 0; bit < bits; bit++) this._reversed[i] |= ((i >> bit) & 1) << (bits - 1 - bit);
    }
  }

  /**
   * @param {Float32Array} real `[size / 2 + 1]`.
   * @param {Float32Array} imaginary `[size / 2 + 1]`; the first and the last do not count.
   * @param {Float32Array} out Is filled, `[size]`.
   * @param {number} scale Factor for all of it.
   */
  run(real, imaginary, out, scale) {
    this._fold(real, imaginary);
    this._butterflies();
    for (let i = 0; i < this._re.length; i++) {
      out[2 * i] = this._re[i] * scale;
      out[2 * i + 1] = this._im[i] * scale;
    }
  }

  /**
   * Even and odd samples as the real and imaginary parts of a signal of half the length.
   * @param {Float32Array} real
   * @param {Float32Array} imaginary
   */
  _fold(real, imaginary) {
    const half = this._re.length;
    for (let k = 0; k < half; k++) {
      const ar = real[k];
      const ai = k ? imaginary[k] : 0;
      const br = real[half - k];
      const bi = k ? -imaginary[half - k] : 0;
      const dr = ar - br;
      const di = ai - bi;
      const at = this._reversed[k];
      this._re[at] = ar + br - (dr * this._sin[k] + di * this._cos[k]);
      this._im[at] = ai + bi + (dr * this._cos[k] - di * this._sin[k]);
    }
  }

  _butterflies() {
    const { _re: re, _im: im, _cos: cos, _sin: sin } = this;
    const half = re.length;
    for (let length = 2; length <= half; length <<= 1) {
      const step = this.size / length; // the tables are of the whole size
      const middle = length >> 1;
      for (let start = 0; start < half; start += length) {
        for (let j = 0, w = 0; j < middle; j++, w += step) {
          const a = start + j;
          const b = a + middle;
          const tr = re[b] * cos[w] - im[b] * sin[w];
          const ti = re[b] * sin[w] + im[b] * cos[w];
          re[b] = re[a] - tr;
          im[b] = im[a] - ti;
          re[a] += tr;
          im[a] += ti;
        }
      }
    }
  }
}
