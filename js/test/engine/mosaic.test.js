// A mosaic whose sounds become others while it plays.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Engine } from "../../src/engine/audio/engine/engine.js";
import { codecFrom, playsOn, readCodec } from "../../src/engine/codecs/loading.js";
import { readCorpus } from "../../src/engine/codecs/mosaic/corpus.js";
import { readSafetensors } from "../../src/engine/io/safetensors.js";
import { MOSAIC, mosaic, pebble } from "./golden_takes.js";

const FILE = readFileSync(MOSAIC);
const HOP = 512;

/**
 * Sound of one row that follows the first frames of the corpus.
 * @param {any} codec
 * @param {number} frames
 * @param {(frame: number, stream: any) => void} between Called before each frame.
 */
function followed(codec, frames, between = () => {}) {
  const stream = codec.stream();
  const { latents, latentDim } = codec.corpus;
  const audio = new Float32Array(frames * HOP);
  const hop = Array.from({ length: codec.info.channels }, () => new Float32Array(HOP));
  for (let t = 0; t < frames; t++) {
    between(t, stream);
    stream.begin(0, latents.slice(t * latentDim, (t + 1) * latentDim));
    stream.piece(0, 0, hop);
    stream.advance();
    audio.set(hop[0], t * HOP);
  }
  return audio;
}

/** The largest step from one sample to the next. @param {Float32Array} audio */
function steepest(audio) {
  let most = 0;
  for (let i = 1; i < audio.length; i++) most = Math.max(most, Math.abs(audio[i] - audio[i - 1]));
  return most;
}

test("a mosaic that is built again of the same sounds goes on as if it had not been", () => {
  const whole = followed(mosaic(), 14);
  const exchanged = followed(mosaic(), 14, (t, stream) => t % 5 === 4 && stream.adopt(mosaic()));
  for (let i = 0; i < whole.length; i++) assert.ok(Math.abs(whole[i] - exchanged[i]) < 1e-5, `sample ${i}`);
});

test("a sound that is taken away while it sounds goes over into another one without a click", () => {
  const whole = followed(mosaic(), 14);
  const { tensors } = readSafetensors(FILE);
  const [, chord, hits] = tensors.sounds.data; // where they begin; the chord is left
  const start = (/** @type {number} */ frame) => tensors.starts.data[frame];
  const left = Array.from(tensors.distinct.data).filter((frame) => start(frame) >= chord && start(frame) < hits);
  const without = { ...tensors, distinct: { shape: [left.length], data: Int32Array.from(left) } };
  const packed = { ...readCodec(FILE), content: readCorpus(without) };
  const audio = followed(mosaic(), 14, (t, stream) => t === 6 && stream.adopt(codecFrom(packed)));
  const changed = audio.subarray(6 * HOP).some((value, i) => Math.abs(value - whole[6 * HOP + i]) > 0.01);
  assert.ok(changed, "the sound is still there");
  assert.ok(steepest(audio) < 1.5 * steepest(whole), `${steepest(audio)} after ${steepest(whole)}`);
});

test("only a mosaic whose latents mean the same is gone on with", () => {
  const one = readCodec(FILE);
  assert.ok(playsOn(one, readCodec(FILE)));
  assert.ok(!playsOn(one, { ...one, metadata: { ...one.metadata, space: "another" } }));
  assert.ok(!playsOn(one, { ...one, channels: 1 }));
  assert.throws(() => new Engine(pebble()).decoder.exchange(mosaic()), /does not go on/);
});
