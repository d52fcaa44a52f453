// Bent layers: heard, named after a fault, and taken back to the last bit.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Engine } from "../../src/engine/audio/engine/engine.js";
import { LiveInput } from "../../src/engine/audio/hosts/live_input.js";
import { Update } from "../../src/engine/audio/update.js";
import { PebbleCodec, pebbleWeights } from "../../src/engine/codecs/pebble/codec.js";
import { RATIO } from "../../src/engine/codecs/pebble/tables.js";
import { readSafetensors } from "../../src/engine/io/safetensors.js";
import { stream, WEIGHTS } from "./golden_takes.js";

const { tensors } = readSafetensors(readFileSync(WEIGHTS), (name) => !name.endsWith("num_batches_tracked"));
const codec = new PebbleCodec(pebbleWeights(tensors), pebbleWeights(tensors, "encoder."));
const LAST = "net.9.bias";
const model = stream();
const modelWeights = model.weights ?? {};
/** Codecs that can be bent, with a layer that all sound goes through, and another. */
const BENDABLE = /** @type {const} */ ([
  { name: "pebble", of: codec, own: codec.weights, last: LAST, first: "net.0.bias" },
  { name: "a stream model", of: model, own: modelWeights, last: "out.bias", first: "first.bias" },
]);

/** @param {Record<string, Float32Array | null>} layers @param {Record<string, any>} changes */
function bend(layers, changes = {}) {
  const assets = Object.entries(layers).map(([name, weights]) => [`weights/${name}`, weights && { weights }]);
  return new Update(changes, Object.fromEntries(assets));
}

for (const { name, of, own, last, first } of BENDABLE) {
  test(`after an edit is taken back ${name} gives the very samples that it would have given`, () => {
    const other = own[last].map((value, i) => value + Math.sin(i));
    const decoded = (/** @type {Record<number, Update>} */ updates) => {
      const engine = new Engine(of);
      return Array.from({ length: 12 }, (_, frame) => {
        if (updates[frame]) engine.update(updates[frame]);
        engine.render([0, 0], 1, 0.1, [new Float32Array(RATIO)]);
        return engine.decoder.decoded[0][0].slice();
      });
    };
    const plain = decoded({});
    const bent = decoded({ 4: bend({ [last]: other }), 8: bend({ [last]: null }) });
    assert.deepEqual(bent.slice(0, 4), plain.slice(0, 4));
    for (const frame of [5, 6, 7]) assert.notDeepEqual(bent[frame], plain[frame]);
    assert.deepEqual(bent.slice(10), plain.slice(10));
  });

  test(`what is no sound of ${name} is muted, and the layer that is the cause is named, whichever was bent last`, () => {
    const fine = { [first]: own[first] };
    const broken = { [last]: own[last].map(() => Number.NaN) };
    for (const bends of [
      [fine, broken],
      [broken, fine],
    ]) {
      const engine = new Engine(of);
      for (const layers of bends) engine.update(bend(layers));
      const audio = [new Float32Array(RATIO)];
      for (let frame = 0; frame < 5; frame++) {
        engine.render([0, 0], 1, 0.1, audio);
        assert.ok(audio[0].every(Number.isFinite));
      }
      assert.ok(engine.error.includes(`the bend of its layer '${last}' is the cause: take that back`), engine.error);
    }
  });
}

test("what is heard live is encoded by the bent encoder from the next frame on, and by its own again", () => {
  const listen = (/** @type {number} */ from, /** @type {number} */ to) => {
    const encoder = codec.liveEncoder();
    assert.ok(encoder);
    const input = new LiveInput(encoder, codec.info);
    const silent = codec.weights["encoder.timbre.out.weight"].map(() => 0);
    return Array.from({ length: 8 }, (_, frame) => {
      const sound = Float32Array.from({ length: RATIO }, (_x, i) => 0.3 * Math.sin(0.05 * (frame * RATIO + i)));
      if (frame === from) input.bend({ "encoder.timbre.out.weight": silent, [LAST]: silent });
      if (frame === to) input.bend({});
      input.collect([sound], 0, 0, RATIO);
      input.turn();
      return input.next()?.latents.slice();
    });
  };
  const own = listen(9, 9);
  const bent = listen(3, 6);
  assert.deepEqual([bent.slice(0, 3), bent.slice(6)], [own.slice(0, 3), own.slice(6)]);
  for (const frame of [3, 4, 5]) assert.notDeepEqual(bent[frame]?.slice(2), own[frame]?.slice(2));
});

test("a codec that does not hear takes a bend with layers of an encoder, and leaves those out", () => {
  const deaf = new Engine(new PebbleCodec(pebbleWeights(tensors)));
  deaf.update(bend({ "encoder.timbre.out.bias": new Float32Array(6), [LAST]: codec.weights[LAST] }));
  assert.deepEqual(Object.keys(deaf.decoder.bent), [LAST]);
  assert.throws(() => deaf.update(bend({ "net.7.weight": new Float32Array(3) })), /has no weights net\.7\.weight/);
  const other = new Engine(model);
  other.update(bend({ "encoder.mean.bias": new Float32Array(7), "out.bias": modelWeights["out.bias"] }));
  assert.deepEqual(Object.keys(other.decoder.bent), ["out.bias"]);
});

test("a mapping that is bent goes with the amount", () => {
  const table = (/** @type {number} */ value) => ({ shape: [8], data: new Float32Array(8).fill(value) });
  const engine = new Engine(codec);
  const config = { kind: "constant", config: { control_dim: 2 } };
  const arrays = { "mapping:of/latents": table(1), "mapping:bent/latents": table(3) };
  engine.update(Update.unpack({ config: { assets: { mapping: { kind: "mapping", config } } }, arrays }));
  const latents = new Float32Array(8);
  for (const [amount, value] of [
    [0, 1],
    [0.25, 1.5],
    [1, 3],
  ]) {
    engine.update(new Update({ "bend.amount": amount }));
    engine.mapping.at(new Float32Array(2), latents);
    assert.equal(latents[0], value);
  }
});
