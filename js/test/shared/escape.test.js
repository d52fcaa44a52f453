import assert from "node:assert/strict";
import { test } from "node:test";
import { isPanic, placeOf } from "../../src/shared/escape.js";

/** A double of an element, which lies in what these selectors find. */
class Inside {
  /** @param {string[]} selectors */
  constructor(...selectors) {
    this.selectors = selectors;
  }

  /** @param {string} selector */
  closest(selector) {
    return this.selectors.some((each) => selector.split(", ").includes(each)) ? this : null;
  }
}

test("Esc in a view is panic, but not in an open dialog, which it closes; with Shift it is anywhere", () => {
  const page = /** @type {any} */ (globalThis);
  Object.assign(page, { Element: Inside, document: { querySelector: () => ({}) } });
  /** @param {Inside | null} target */
  const panics = (target, shiftKey = false) => {
    const event = /** @type {any} */ ({ key: "Escape", shiftKey, repeat: false, target });
    return isPanic(event, placeOf(event));
  };
  assert.ok(panics(new Inside(".tw-panel, .terrain-sink", ".tw-panel")));
  assert.ok(panics(null), "the pointer is over a view");
  assert.ok(!panics(new Inside(".tw-panel", "dialog[open]")));
  assert.ok(panics(new Inside(".tw-panel", "dialog[open]"), true));
});
