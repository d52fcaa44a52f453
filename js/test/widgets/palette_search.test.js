import assert from "node:assert/strict";
import { test } from "node:test";

import { found } from "../../src/widgets/shell/search.js";

/** @param {string} title @param {string} group @param {string} hint */
const row = (title, group, hint, enabled = true) => ({ id: title, group, title, hint, keys: [], enabled, page: "" });
const ROWS = [
  row("Undo", "Studio", "Undo the last edit", false),
  row("Start over", "Train", "A new terrain"),
  row("Train", "Train", "Train on all pairs"),
  row("Train points", "Points", "Fit the map between them"),
  row("Make the map", "Explore", "Place every point by its latents"),
];
const titles = (/** @type {string} */ typed) => found(ROWS, typed).map(({ title }) => title);

test("nothing typed lists every action, those that can be done first", () => {
  assert.deepEqual(titles("  "), ["Start over", "Train", "Train points", "Make the map", "Undo"]);
});

test("a title that begins with the word comes before a panel, a panel before a hint", () => {
  assert.deepEqual(titles("TRAIN"), ["Train", "Train points", "Start over"]);
  assert.deepEqual(titles("map"), ["Make the map", "Train points"]);
});

test("each word has to be somewhere, in whatever order", () => {
  assert.deepEqual(titles("points train"), ["Train points"]);
  assert.deepEqual(titles("train over"), ["Start over"]);
  assert.deepEqual(titles("nowhere"), []);
});
