// The Fourier transform of a real signal, there and back, in double precision and without allocating.

const DIAGONAL = Math.SQRT1_2;

/**
 * Transform eight neighbours in place, of which the factors are constants.
 * @param {Float64Array} re In reversed order.
 * @param {Float64Array} im
 * @param {number} a The first of them.
 */
function eight(re, im, a) {
  // sums and differences of two
  const r0 = re[a] + re[a + 1];
  const i0 = im[a] + im[a + 1];
  const r1 = re[a] - re[a + 1];
  const i1 = im[a] - im[a + 1];
  const r2 = re[a + 2] + re[a + 3];
  const i2 = im[a + 2] + im[a + 3];
  const r3 = re[a + 2] - re[a + 3];
  const i3 = im[a + 2] - im[a + 3];
  const r4 = re[a + 4] + re[a + 5];
  const i4 = im[a + 4] + im[a + 5];
  const r5 = re[a + 4] - re[a + 5];
  const i5 = im[a + 4] - im[a + 5];
  const r6 = re[a + 6] + re[a + 7];
  const i6 = im[a + 6] + im[a + 7];
  const r7 = re[a + 6] - re[a + 7];
  const i7 = im[a + 6] - im[a + 7];
  // of four: the second of each is turned by a quarter
  const er0 = r0 + r2;
  const ei0 = i0 + i2;
  const er1 = r1 - i3;
  const ei1 = i1 + r3;
  const er2 = r0 - r2;
  const ei2 = i0 - i2;
  const er3 = r1 + i3;
  const ei3 = i1 - r3;
  const or0 = r4 + r6;
  const oi0 = i4 + i6;
  const or2 = i6 - i4; // turned by a quarter
  const oi2 = r4 - r6;
  const xr1 = r5 - i7;
  const xi1 = i5 + r7;
  const xr3 = r5 + i7;
  const xi3 = i5 - r7;
  // of eight: by an eighth, and by three
  const or1 = (xr1 - xi1) * DIAGONAL;
  const oi1 = (xr1 + xi1) * DIAGONAL;
  const or3 = -(xr3 + xi3) * DIAGONAL;
  const oi3 = (xr3 - xi3) * DIAGONAL;
  re[a] = er0 + or0;
  im[a] = ei0 + oi0;
  re[a + 1] = er1 + or1;
  im[a + 1] = ei1 + oi1;
  re[a + 2] = er2 + or2;
  im[a + 2] = ei2 + oi2;
  re[a + 3] = er3 + or3;
  im[a + 3] = ei3 + oi3;
  re[a + 4] = er0 - or0;
  im[a + 4] = ei0 - oi0;
  re[a + 5] = er1 - or1;
  im[a + 5] = ei1 - oi1;
  re[a + 6] = er2 - or2;
  im[a + 6] = ei2 - oi2;
  re[a + 7] = er3 - or3;
  im[a + 7] = ei3 - oi3;
}

/**
 * A transform of one size: as a complex one of half the size, of whose stages each goes two powers of two at once, and the
 * first three of them where their number is odd.
 */
export class RealFFT {
  /** @param {number} size A power of two, at least 4. */
  constructor(size) {
    const half = size / 2;
    this.size = size;
    this._re = new Float64Array(half);
    this._im = new Float64Array(half);
    this._cos = Float64Array.from({ length: half }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this._sin = Float64Array.from({ length: half }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    this._reversed = new Uint16Array(half);
    this._bits = Math.log2(half);
    for (let i = 0; i < half; i++) {
      for (let bit = 0; bit < this._bits; bit++) this._reversed[i] |= ((i >> bit) & 1) << (this._bits - 1 - bit);
    }
  }

  /**
   * From `size / 2 + 1` bins to `size` samples: `out[t] = scale · Σ X[k] e^{2πikt/size}` over both halves.
   * @param {Float32Array} real `[size / 2 + 1]`.
   * @param {Float32Array} imaginary `[size / 2 + 1]`; the first and the last do not count.
   * @param {Float32Array} out Is filled, `[size]`.
   * @param {number} scale Factor for all of it.
   */
  inverse(real, imaginary, out, scale) {
    const { _re: re, _im: im, _cos: cos, _sin: sin } = this;
    const half = re.length;
    // even and odd samples as the real and imaginary parts of a signal of half the length
    for (let k = 0; k < half; k++) {
      const ai = k ? imaginary[k] : 0;
      const bi = k ? -imaginary[half - k] : 0;
      const dr = real[k] - real[half - k];
      const di = ai - bi;
      const at = this._reversed[k];
      re[at] = real[k] + real[half - k] - (dr * sin[k] + di * cos[k]);
      im[at] = ai + bi + (dr * cos[k] - di * sin[k]);
    }
    this._stages(re, im);
    for (let i = 0; i < half; i++) {
      out[2 * i] = re[i] * scale;
      out[2 * i + 1] = im[i] * scale;
    }
  }

  /**
   * From `size` samples, times a window, to `size / 2 + 1` bins: `X[k] = Σ x[t] e^{-2πikt/size}`.
   * @param {ArrayLike<number>} samples
   * @param {number} from Where they begin.
   * @param {Float32Array} window `[size]`.
   * @param {Float32Array} real Is filled, `[size / 2 + 1]`.
   * @param {Float32Array} imaginary Is filled, `[size / 2 + 1]`.
   */
  forward(samples, from, window, real, imaginary) {
    const { _re: re, _im: im, _cos: cos, _sin: sin } = this;
    const half = re.length;
    for (let i = 0; i < half; i++) {
      const at = this._reversed[i];
      re[at] = Math.fround(samples[from + 2 * i] * window[2 * i]);
      im[at] = Math.fround(samples[from + 2 * i + 1] * window[2 * i + 1]);
    }
    this._stages(im, re); // with both exchanged, the inverse goes forward
    real[0] = re[0] + im[0];
    real[half] = re[0] - im[0];
    imaginary[0] = imaginary[half] = 0;
    for (let k = 1; k < half; k++) {
      const er = (re[k] + re[half - k]) / 2;
      const ei = (im[k] - im[half - k]) / 2;
      const or = (im[k] + im[half - k]) / 2;
      const oi = (re[half - k] - re[k]) / 2;
      real[k] = er + or * cos[k] + oi * sin[k];
      imaginary[k] = ei + oi * cos[k] - or * sin[k];
    }
  }

  /**
   * @param {Float64Array} re In reversed order; in the right one afterwards.
   * @param {Float64Array} im
   */
  _stages(re, im) {
    const { _cos: cos, _sin: sin, size } = this;
    const half = re.length;
    let quarter = 1;
    if (this._bits === 1) {
      [re[0], re[1], im[0], im[1]] = [re[0] + re[1], re[0] - re[1], im[0] + im[1], im[0] - im[1]];
      return;
    }
    if (this._bits % 2) {
      for (let a = 0; a < half; a += 8) eight(re, im, a);
      quarter = 8;
    }
    for (; quarter < half; quarter *= 4) {
      const step = size / (4 * quarter); // the tables are of the whole size
      for (let first = 0; first < half; first += 4 * quarter) {
        for (let a = first, w = 0; a < first + quarter; a++, w += step) {
          const c1 = cos[w];
          const s1 = sin[w];
          const c2 = cos[2 * w];
          const s2 = sin[2 * w];
          const b = a + quarter;
          const c = b + quarter;
          const d = c + quarter;
          const br = re[b] * c2 - im[b] * s2;
          const bi = re[b] * s2 + im[b] * c2;
          const dr = re[d] * c2 - im[d] * s2;
          const di = re[d] * s2 + im[d] * c2;
          const pr = re[a] + br;
          const pi = im[a] + bi;
          const qr = re[a] - br;
          const qi = im[a] - bi;
          const ur = re[c] + dr;
          const ui = im[c] + di;
          const vr = re[c] - dr;
          const vi = im[c] - di;
          const er = ur * c1 - ui * s1;
          const ei = ur * s1 + ui * c1;
          const fr = -(vr * s1 + vi * c1); // a quarter turn further
          const fi = vr * c1 - vi * s1;
          re[a] = pr + er;
          im[a] = pi + ei;
          re[c] = pr - er;
          im[c] = pi - ei;
          re[b] = qr + fr;
          im[b] = qi + fi;
          re[d] = qr - fr;
          im[d] = qi - fi;
        }
      }
    }
  }
}
