import assert from "node:assert/strict";
import test from "node:test";
import { Patch } from "../../src/engine/audio/patch.js";
import { writeSafetensors } from "../../src/engine/io/safetensors.js";
import { PlaneView } from "../../src/instrument/plane_view.js";
import { allPaused, playheadNames, playheadPlaces } from "../../src/instrument/playhead_row.js";
import { changesBetween, readPacked, updateBetween } from "../../src/instrument/setup.js";
import { steered } from "../../src/instrument/stylus.js";

const A = { "playheads.a.path": "x", "playheads.a.speed": 2, "latents.scale": 1.5 };

test("the changes between two patches lead from one to the other, in the order of the playheads", () => {
  const others = [
    {},
    { "latents.scale": [1, 2] },
    { "playheads.b.path": "y", "playheads.a.path": "x" },
    { ...A, "playheads.b.path": "y" },
    { "playheads.b.path": "y", ...A },
  ];
  for (const before of [A, ...others]) {
    for (const after of [A, ...others]) {
      const made = new Patch(new Map(Object.entries(before))).set(changesBetween(before, after));
      const wanted = new Patch(new Map(Object.entries(after)));
      assert.deepEqual(Object.fromEntries(made.values), Object.fromEntries(wanted.values));
      assert.deepEqual(made.members("playheads"), wanted.members("playheads"));
    }
  }
  assert.deepEqual(changesBetween(A, { ...A }), {});
});

const packed = (/** @type {string[]} */ ...keys) => ({
  config: { assets: Object.fromEntries(keys.map((key) => [key, { kind: "path", config: {} }])) },
  arrays: Object.fromEntries(
    keys.map((key) => [`${key}:points`, { shape: [2, 2], data: new Float32Array([0, 1, 2, 5]) }]),
  ),
});

test("only what came anew is sent again, and what is gone is taken away", () => {
  const [mapping, things] = [packed("mapping"), packed("paths/x", "paths/y")];
  const setup = { patch: A, mapping, things };
  assert.deepEqual(Object.keys(updateBetween(null, setup)?.config.assets ?? {}), ["paths/x", "paths/y", "mapping"]);
  assert.equal(updateBetween(setup, { ...setup }), null);
  assert.equal(updateBetween(setup, { ...setup, things: packed("paths/x", "paths/y") }), null);
  const moved = updateBetween(setup, { ...setup, things: packed("paths/x") });
  assert.deepEqual([moved?.config.assets, moved?.arrays], [{ "paths/y": null }, {}]);
  const other = packed("paths/x", "paths/y");
  other.arrays["paths/x:points"] = { ...other.arrays["paths/x:points"], data: new Float32Array(12) };
  const redrawn = updateBetween(setup, { ...setup, things: other });
  assert.deepEqual(Object.keys(redrawn?.config.assets ?? {}), ["paths/x"]);
  assert.deepEqual(Object.keys(redrawn?.arrays ?? {}), ["paths/x:points"]);
});

test("a packed update comes out of its file", () => {
  const tensors = { "paths/x:points": { shape: [1, 2], data: new Float32Array([0.5, 1]) } };
  const config = { changes: { "clip.wet": 0.5 } };
  const read = readPacked(writeSafetensors(tensors, { config: JSON.stringify(config) }));
  assert.deepEqual(read, { config, arrays: tensors });
  assert.deepEqual(readPacked(new Uint8Array()), { config: {}, arrays: {} });
});

test("playheads are named in their order, shown on their paths and paused together", () => {
  const patch = { "playheads.b.path": "x", "playheads.a.path": "none", "clip.sound": "s" };
  assert.deepEqual(playheadNames(patch), ["b", "a"]);
  const setup = { patch, mapping: packed("mapping"), things: packed("paths/x") };
  assert.deepEqual(playheadPlaces(setup, [0.5, 1]), [[1, 3]]);
  assert.deepEqual(playheadPlaces(setup, [-1, 1]), []);
  assert.deepEqual(playheadPlaces(setup, [9, 1]), [[2, 5]]);
  assert.deepEqual(allPaused(patch), {
    "playheads.b.playing": false,
    "playheads.a.playing": false,
    "clip.running": false,
  });
});

test("a place on the plane is the same there and back, with y up and down", () => {
  for (const boundary of /** @type {[number, number, number, number][]} */ ([
    [-1, 1, 1, -1],
    [-16, -4, 16, 4],
  ])) {
    const view = new PlaneView(boundary);
    assert.deepEqual(view.fromUnit(0, 0), [boundary[0], boundary[1]]);
    assert.deepEqual(view.fromUnit(1, 1), [boundary[2], boundary[3]]);
    assert.deepEqual(view.toUnit(view.fromUnit(0.25, 0.75)), [0.25, 0.75]);
  }
});

test("a pen's pressure is nothing, the gain, or a place along a dimension", () => {
  assert.deepEqual(steered([1, 2], 0.5, {}), { place: [1, 2], pressure: 1 });
  assert.deepEqual(steered([1, 2], 0.5, { "stylus.pressure": "gain" }), { place: [1, 2], pressure: 0.5 });
  const third = { "stylus.pressure": "2", "stylus.low": -2, "stylus.high": 4 };
  assert.deepEqual(steered([1, 2], 0.5, third), { place: [1, 2, 1], pressure: 1 });
});
