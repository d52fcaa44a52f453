import assert from "node:assert/strict";
import { test } from "node:test";

import { asks } from "../../src/widgets/shell/help.js";
import { Tour } from "../../src/widgets/shell/tour.js";

/** What a browser keeps. @returns {import("../../src/widgets/shell/tour.js").Memory} */
function memory() {
  /** @type {Map<string, string>} */ const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

test("a tour goes from step to step, back, and out at its end; then this browser has seen it", () => {
  const browser = memory();
  const tour = new Tour(3, () => browser);
  assert.equal(tour.seen, false);
  tour.begin();
  tour.next();
  tour.back();
  tour.back();
  assert.equal(tour.at, 0);
  tour.next();
  tour.next();
  assert.ok(tour.last);
  tour.next();
  assert.equal(tour.on, false);
  assert.ok(new Tour(3, () => browser).seen);
});

test("what is done already is passed over, never back, and the tour ends with its last step", () => {
  const browser = memory();
  const tour = new Tour(3, () => browser);
  tour.pass(3);
  assert.deepEqual([tour.on, tour.seen], [false, false], "what was not begun is not left");
  tour.begin();
  tour.pass(1);
  assert.equal(tour.at, 1);
  tour.pass(0);
  assert.equal(tour.at, 1);
  tour.pass(2);
  assert.ok(tour.last);
  tour.pass(3);
  assert.equal(tour.on, false);
});

test("it can be left at any step, and comes back", () => {
  const browser = memory();
  const tour = new Tour(3, () => browser);
  tour.begin();
  tour.leave();
  assert.deepEqual([tour.on, tour.seen], [false, true]);
  tour.begin();
  assert.equal(tour.at, 0);
});

test("where a page may keep nothing the tour waits to be asked for", () => {
  const tour = new Tour(3, () => {
    throw new Error("SecurityError");
  });
  assert.ok(tour.seen);
  tour.begin();
  tour.leave();
  assert.equal(tour.on, false);
});

test("a question mark asks for help, but not where somebody types, nor with Ctrl", () => {
  const pressed = { key: "?", ctrlKey: false, metaKey: false, altKey: false };
  const at = (/** @type {boolean} */ field) => ({ closest: () => (field ? {} : null) });
  assert.ok(asks(/** @type {any} */ ({ ...pressed, target: at(false) })));
  assert.ok(!asks(/** @type {any} */ ({ ...pressed, target: at(true) })));
  assert.ok(!asks(/** @type {any} */ ({ ...pressed, ctrlKey: true, target: at(false) })));
  assert.ok(!asks(/** @type {any} */ ({ ...pressed, key: "h", target: at(false) })));
});
