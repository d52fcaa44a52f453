import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { after } from "node:test";
import { codecFrom, readCodec } from "../../src/engine/codecs/loading.js";
import { PebbleCodec } from "../../src/engine/codecs/pebble/codec.js";
import { bundledWeights, MOSAIC, mosaic, names, pebble, play, STREAM, stream, TAKES } from "./golden_takes.js";

const TOLERANCE = 1e-5;
const codecs = { pebble: pebble(), mosaic: mosaic(), stream: stream() };
let largest = 0;

after(() => {
  console.log(`largest difference of ${names().length} takes: ${largest.toExponential(1)}`);
});

for (const name of names()) {
  test(`the take “${name}” sounds as the Python package plays it`, (t) => {
    const { samples, levels } = play(name, codecs);
    largest = Math.max(largest, samples, levels);
    t.diagnostic(`largest difference ${samples.toExponential(1)}, of a frame's RMS ${levels.toExponential(1)}`);
    assert.ok(samples <= TOLERANCE, `${name}: samples differ by ${samples}`);
    assert.ok(levels <= TOLERANCE, `${name}: frames' RMS differ by ${levels}`);
  });
}

test("a weight that is off by a hundredth is heard in the takes", () => {
  const weights = bundledWeights();
  weights["net.9.bias"][3] += 1e-2;
  const { samples } = play("terrain", { pebble: new PebbleCodec(weights) }, TAKES);
  assert.ok(samples > TOLERANCE, `samples differ by no more than ${samples}`);
});

test("a step that is kept a little too long is heard in a mosaic's takes", () => {
  const wrong = readCodec(readFileSync(MOSAIC));
  wrong.content.margin *= 1.5;
  const { samples } = play("mosaic", { mosaic: codecFrom(wrong) }, TAKES);
  assert.ok(samples > TOLERANCE, `samples differ by no more than ${samples}`);
});

test("a weight of a stream model that is off by a hundredth is heard in its take", () => {
  const wrong = readCodec(readFileSync(STREAM));
  wrong.content["first.bias"][3] += 1e-2;
  const { samples } = play("stream", { stream: codecFrom(wrong) }, TAKES);
  assert.ok(samples > TOLERANCE, `samples differ by no more than ${samples}`);
});

test("a bend that a stream model leaves out is heard in its take", () => {
  const codec = stream();
  const deaf = { info: codec.info, weights: codec.weights, stream: () => codec.stream() };
  const { samples } = play("stream-bent", { stream: deaf }, TAKES);
  assert.ok(samples > TOLERANCE, `samples differ by no more than ${samples}`);
});
