// The random numbers of torch's CPU generator: MT19937 (Matsumoto and Nishimura 1998).

const SIZE = 624;
const SHIFT = 397;

export class MersenneTwister {
  /** @param {number} seed 32 bits. */
  constructor(seed) {
    const state = new Uint32Array(SIZE);
    state[0] = seed;
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1812433253, state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    this._state = state;
    this._next = SIZE;
  }

  /** The next 32 bits. */
  bits() {
    if (this._next === SIZE) this._twist();
    let y = this._state[this._next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A float32 from 0 up to 1, as `torch.rand` draws it. */
  uniform() {
    return (this.bits() & 0xffffff) / 0x1000000;
  }

  _twist() {
    const state = this._state;
    for (let k = 0; k < SIZE; k++) {
      const y = (state[k] & 0x80000000) | (state[(k + 1) % SIZE] & 0x7fffffff);
      state[k] = state[(k + SHIFT) % SIZE] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this._next = 0;
  }
}
