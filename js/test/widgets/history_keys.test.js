import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { hearHistory, historyStep } from "../../src/widgets/shell/history_keys.js";

/** An element in the studio that is within what these words select. @param {string} [within] */
const element = (within = "none") =>
  /** @type {any} */ ({ closest: (/** @type {string} */ one) => one.includes(within) });
const studio = /** @type {any} */ ({ contains: (/** @type {any} */ one) => one !== outside });
const outside = element();

/** @param {string} key @param {any} [more] */
const pressed = (key, more) => ({
  key,
  ctrlKey: true,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  target: element(),
  ...more,
});

/** @type {(event: any) => void} */
let hear = () => {};

beforeEach(() => {
  const window = { addEventListener: (/** @type {string} */ _name, /** @type {any} */ heard) => (hear = heard) };
  Object.assign(globalThis, { window });
});

test("wherever the focus is in the studio Ctrl+Z undoes, and Ctrl+Y and Ctrl+Shift+Z redo", () => {
  assert.equal(historyStep(pressed("z"), studio), "undo");
  assert.equal(historyStep(pressed("z", { ctrlKey: false, metaKey: true }), studio), "undo");
  assert.equal(historyStep(pressed("Z", { shiftKey: true }), studio), "redo");
  assert.equal(historyStep(pressed("y"), studio), "redo");
  assert.equal(historyStep(pressed("z", { ctrlKey: false }), studio), "");
});

test("outside of it, in a text and in a dialog the keys stay what they are", () => {
  assert.equal(historyStep(pressed("z", { target: outside }), studio), "");
  assert.equal(historyStep(pressed("z", { target: element("textarea") }), studio), "");
  assert.equal(historyStep(pressed("z", { target: element("dialog") }), studio), "");
  assert.equal(historyStep(pressed("z"), null), "");
});

test("one press is one step: nobody else hears of it", () => {
  /** @type {string[]} */ const done = [];
  hearHistory(
    () => studio,
    (step) => done.push(step),
    new AbortController().signal,
  );
  const calls = { preventDefault: () => done.push("kept"), stopPropagation: () => done.push("stopped") };
  hear(pressed("z", calls));
  hear(pressed("a", calls));
  assert.deepEqual(done, ["kept", "stopped", "undo"]);
});
