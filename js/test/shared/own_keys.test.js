import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ownKeys, ownKeysWithin, slider } from "../../src/shared/own_keys.js";

const MARK = "data-lm-suppress-shortcuts";

/** An element, as far as these need one. */
function made() {
  /** @type {Map<string, string>} */ const attributes = new Map();
  const el = Object.assign(new EventTarget(), {
    attributes,
    type: "",
    setAttribute: (/** @type {string} */ name, /** @type {string} */ value) => attributes.set(name, value),
  });
  return /** @type {any} */ (el);
}

test("a slider is marked from the start, and has its range", () => {
  Object.assign(globalThis, { document: { createElement: made } });
  const bar = /** @type {any} */ (slider({ min: -60, max: 0, step: 1 }));
  assert.equal(bar.type, "range");
  assert.deepEqual(Object.fromEntries(bar.attributes), { [MARK]: "true", min: "-60", max: "0", step: "1" });
});

test("of a group whatever gets the focus is marked, also what came later", () => {
  const group = ownKeysWithin(made());
  const inside = made();
  const event = new Event("focusin");
  Object.defineProperty(event, "target", { value: inside });
  assert.equal(group.attributes.get(MARK), "true");
  group.dispatchEvent(event);
  assert.equal(inside.attributes.get(MARK), "true");
  assert.equal(ownKeys(made()).attributes.get(MARK), "true");
});

test("every slider of ours is made there, and the mark is written nowhere else", () => {
  const sources = new URL("../../src", import.meta.url).pathname;
  const files = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  assert.ok(files.length > 100);
  const found = files.filter((name) =>
    /type[:=]? ?=? ?"range"|suppress-shortcuts/.test(readFileSync(join(sources, name), "utf8")),
  );
  assert.deepEqual(found, [join("shared", "own_keys.js")]);
});
