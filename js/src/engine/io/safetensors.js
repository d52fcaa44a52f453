// Reads and writes safetensors: named arrays behind a JSON header (github.com/huggingface/safetensors, README, "Format").

/** @typedef {Float32Array | Float64Array | Int32Array | Int16Array | Uint8Array} NumberArray */
/** @typedef {{ shape: number[], data: NumberArray }} Tensor */
/** @typedef {{ metadata: Record<string, string>, tensors: Record<string, Tensor> }} Tensors */

const LARGEST_HEADER = 1 << 24; // bytes

/**
 * Numbers of half precision as single ones.
 * @param {Uint16Array} halves Bits of float16 numbers.
 * @returns {Float32Array} As many numbers.
 */
export function fromHalves(halves) {
  const numbers = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const bits = halves[i];
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) numbers[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) numbers[i] = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    else numbers[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return numbers;
}

/** @type {Record<string, (bytes: ArrayBuffer) => NumberArray>} */
const READERS = {
  F16: (bytes) => fromHalves(new Uint16Array(bytes)),
  F32: (bytes) => new Float32Array(bytes),
  F64: (bytes) => new Float64Array(bytes),
  I16: (bytes) => new Int16Array(bytes),
  I32: (bytes) => new Int32Array(bytes),
  U8: (bytes) => new Uint8Array(bytes),
};

/**
 * Arrays of a file. Half precision becomes float32.
 * @param {Uint8Array} content The whole file.
 * @param {(name: string) => boolean} wanted Which arrays to read.
 * @returns {Tensors}
 * @throws {Error} If the content is damaged, or an array has a type that is not known here.
 */
export function readSafetensors(content, wanted = () => true) {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const length = content.byteLength >= 8 ? Number(view.getBigUint64(0, true)) : 0;
  if (!length || length > LARGEST_HEADER || 8 + length > content.byteLength) {
    throw new Error("this is no safetensors file: its header is missing or cut off");
  }
  const header = JSON.parse(new TextDecoder().decode(content.subarray(8, 8 + length)));
  const body = 8 + length;
  /** @type {Record<string, Tensor>} */
  const tensors = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__" || !wanted(name)) continue;
    const [start, end] = entry.data_offsets;
    const read = READERS[entry.dtype];
    if (!read) throw new Error(`the array ${name} is of type ${entry.dtype}; known are ${Object.keys(READERS)}`);
    if (!(start >= 0 && end >= start && body + end <= content.byteLength)) {
      throw new Error(`the array ${name} lies outside of the file`);
    }
    // a copy of its own: what lies in the file need not be aligned
    const bytes = new Uint8Array(end - start);
    bytes.set(content.subarray(body + start, body + end));
    const data = read(bytes.buffer);
    /** @type {number[]} */
    const shape = entry.shape;
    if (shape.reduce((a, b) => a * b, 1) !== data.length) throw new Error(`the array ${name} is not of its shape`);
    tensors[name] = { shape, data };
  }
  return { metadata: header.__metadata__ ?? {}, tensors };
}

/**
 * The bytes of a file.
 * @param {Record<string, Tensor>} tensors Float32 and float64 arrays by name.
 * @param {Record<string, string>} metadata Texts for the header.
 * @returns {Uint8Array}
 */
export function writeSafetensors(tensors, metadata = {}) {
  /** @type {Record<string, any>} */
  const header = Object.keys(metadata).length ? { __metadata__: metadata } : {};
  let size = 0;
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const dtype = data instanceof Float64Array ? "F64" : data instanceof Float32Array ? "F32" : null;
    if (!dtype) throw new Error(`the array ${name} is neither float32 nor float64`);
    header[name] = { dtype, shape, data_offsets: [size, size + data.byteLength] };
    size += data.byteLength;
  }
  let text = JSON.stringify(header);
  const encoder = new TextEncoder();
  text += " ".repeat((8 - (encoder.encode(text).length % 8)) % 8);
  const head = encoder.encode(text);
  const content = new Uint8Array(8 + head.length + size);
  new DataView(content.buffer).setBigUint64(0, BigInt(head.length), true);
  content.set(head, 8);
  let at = 8 + head.length;
  for (const { data } of Object.values(tensors)) {
    content.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return content;
}
