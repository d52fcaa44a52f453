// How long the page's engine takes to decode a mosaic:
// `node mosaic_in_page.mjs decoder.safetensors latents.f32 VOICES TURNS`.
// Printed is the decoding time over the duration of the sound; of each frame the least of all turns counts.
import { readFileSync } from "node:fs";
import { codecFrom, readCodec } from "../js/src/engine/codecs/loading.js";

const [decoder, file, rows, turns] = process.argv.slice(2);
const codec = codecFrom(readCodec(readFileSync(decoder)));
const { latentDim, ratio, sampleRate, channels } = codec.info;
const bytes = readFileSync(file);
const latents = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4); // [voices, frames, D]
const voices = Number(rows);
const frames = latents.length / voices / latentDim;
const audio = Array.from({ length: channels }, () => new Float32Array(ratio));
const at = (row, frame) => latents.subarray((row * frames + frame) * latentDim, (row * frames + frame + 1) * latentDim);

const least = new Float64Array(frames).fill(Infinity);
for (let turn = 0; turn < Number(turns); turn++) {
  const stream = codec.stream();
  stream.resize(voices);
  for (let frame = 0; frame < frames; frame++) {
    const began = performance.now();
    for (let row = 0; row < voices; row++) {
      stream.begin(row, at(row, frame));
      for (let piece = 0; piece < stream.pieces; piece++) stream.piece(row, piece, audio);
    }
    stream.advance();
    least[frame] = Math.min(least[frame], performance.now() - began);
  }
}
console.log(least.reduce((sum, time) => sum + time, 0) / 1e3 / ((frames * ratio) / sampleRate));
