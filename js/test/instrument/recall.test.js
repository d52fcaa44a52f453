import assert from "node:assert/strict";
import test from "node:test";
import { moves } from "../../src/instrument/movement_row.js";
import { recalling } from "../../src/instrument/recall.js";
import { applied } from "../../src/instrument/setup.js";
import { nearest, placesOf, within } from "../../src/widgets/modulate/seed_places.js";

const setup = {
  patch: {
    source: "points",
    "playheads.a.path": "x",
    "playheads.a.speed": 2,
    "playheads.a.seeks": 4,
    "playheads.b.path": "y",
    "clip.sound": "c1",
    "modulators.triggers": 3,
    "latents.scale": [1, 2],
  },
  mapping: { config: {}, arrays: {} },
  things: { config: { assets: { "paths/x": { kind: "path", config: {} } } }, arrays: {} },
};

test("a preset is recalled as far as the page has what it names", () => {
  const preset = {
    name: "p",
    patch: {
      source: "terrain",
      "playheads.a.path": "x",
      "playheads.a.speed": 0.5,
      "playheads.far.path": "nowhere",
      "clip.sound": "c9",
      "modulators.energy": 2,
    },
  };
  const changes = recalling(setup, preset);
  assert.deepEqual(changes, {
    "playheads.b": null,
    "playheads.a.speed": 0.5,
    "latents.scale": null,
    "modulators.energy": 2,
  });
  const patch = applied(setup.patch, changes);
  assert.deepEqual(patch, {
    source: "points",
    "playheads.a.path": "x",
    "playheads.a.speed": 0.5,
    "playheads.a.seeks": 4,
    "clip.sound": "c1",
    "modulators.triggers": 3,
    "modulators.energy": 2,
  });
  assert.deepEqual(recalling({ ...setup, patch }, preset), {}, "once more, it changes nothing");
});

test("latents move where one has energy or deviation", () => {
  assert.equal(moves({}), false);
  assert.equal(moves({ "modulators.energy": [0, 0], "modulators.deviation": 0 }), false);
  assert.equal(moves({ "modulators.energy": [0, -1] }), true);
  assert.equal(moves({ "modulators.deviation": 0.5 }), true);
});

test("places on the map of seeds come from bytes, stay on it, and have a nearest seed", () => {
  const view = new DataView(Int16Array.from([32767, -32767, 0, 0]).buffer);
  const places = placesOf(view);
  assert.deepEqual(Array.from(places), [1, -1, 0, 0]);
  assert.deepEqual(within(3, -0.5), [1, -0.5]);
  assert.equal(nearest(places, [0.9, -0.4]), 0);
  assert.equal(nearest(places, [0.1, 0.1]), 1);
  assert.equal(nearest(new Float32Array(), [0, 0]), -1);
});
