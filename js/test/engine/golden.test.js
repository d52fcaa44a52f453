import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { after } from "node:test";
import { PebbleCodec, pebbleWeights } from "../../src/engine/codecs/pebble/codec.js";
import { names, pebble, play, WEIGHTS } from "./golden_takes.js";

const TOLERANCE = 1e-5;
const codec = pebble();
let largest = 0;

after(() => {
  console.log(`largest difference of ${names().length} takes: ${largest.toExponential(1)}`);
});

for (const name of names()) {
  test(`the take “${name}” sounds as the Python package plays it`, (t) => {
    const { samples, levels } = play(name, codec);
    largest = Math.max(largest, samples, levels);
    t.diagnostic(`largest difference ${samples.toExponential(1)}, of a frame's RMS ${levels.toExponential(1)}`);
    assert.ok(samples <= TOLERANCE, `${name}: samples differ by ${samples}`);
    assert.ok(levels <= TOLERANCE, `${name}: frames' RMS differ by ${levels}`);
  });
}

test("a weight that is off by a thousandth is heard in the takes", () => {
  const weights = pebbleWeights(readFileSync(WEIGHTS));
  weights["net.9.bias"][3] += 1e-3;
  const take = names().find((name) => name.startsWith("terrain")) ?? "";
  const { samples } = play(take, new PebbleCodec(weights));
  assert.ok(samples > TOLERANCE, `samples differ by no more than ${samples}`);
});
