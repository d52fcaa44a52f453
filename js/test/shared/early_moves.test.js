import assert from "node:assert/strict";
import { test } from "node:test";

import { followEarly } from "../../src/shared/early_moves.js";

test("a pointer is followed before its animation frame, but no mouse a thousand times a second", () => {
  const target = new EventTarget();
  const leaving = new AbortController();
  /** @type {number[]} */ const taken = [];
  followEarly(target, (event) => taken.push(/** @type {any} */ (event).at), leaving.signal);
  const move = (/** @type {number} */ at) => {
    const event = Object.assign(new Event("pointerrawupdate"), { at });
    Object.defineProperty(event, "timeStamp", { value: at });
    target.dispatchEvent(event);
  };
  for (let at = 0; at < 20; at++) move(at);
  assert.deepEqual(taken, [0, 4, 8, 12, 16]);
  leaving.abort();
  move(100);
  assert.equal(taken.length, 5);
});
