import assert from "node:assert/strict";
import { test } from "node:test";

import { DrawTool } from "../../src/widgets/plane/draw_tool.js";
import { KeptLines, keptWords } from "../../src/widgets/plane/kept_lines.js";
import { deskDouble, pointer } from "./sheet_double.js";

/** What a tab keeps. @param {number} [room] characters */
function storageDouble(room = Number.POSITIVE_INFINITY) {
  /** @type {Map<string, string>} */ const all = new Map();
  return {
    getItem: (/** @type {string} */ name) => all.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ text) => {
      if (text.length > room) throw new Error("QuotaExceededError");
      all.set(name, text);
    },
    removeItem: (/** @type {string} */ name) => void all.delete(name),
  };
}

/** @param {DrawTool} tool @param {number} x */
function draw(tool, x) {
  tool.down(pointer(1), { x, y: 0.2 });
  tool.move(pointer(1, { timeStamp: 1008 }), { x: x + 0.1, y: 0.4 });
  tool.up(pointer(1, { type: "pointerup" }));
}

test("lines that no kernel took, before and after it was missed, are drawn by the next sheet of the notebook", () => {
  const storage = storageDouble();
  const before = deskDouble();
  const tool = new DrawTool(before.desk);
  draw(tool, 0.1); // sent, and never settled
  const kept = new KeptLines(storage, "a.ipynb");
  tool.keepWith((stroke) => kept.keep(stroke));
  draw(tool, 0.3);
  tool.keepWith((stroke) => kept.keep(stroke));
  assert.equal(before.sent.length, 1, "nothing is sent to a kernel that is gone");
  assert.equal(new KeptLines(storage, "b.ipynb").lines.length, 0);

  const after = deskDouble();
  const again = new KeptLines(storage, "a.ipynb");
  const next = new DrawTool(after.desk);
  next.redraw(again.take());
  assert.equal(again.lines.length, 0);
  assert.equal(after.sent.length, 2);
  assert.deepEqual(
    [...next.wet.values()].map(({ points }) => points.filter((_, k) => k % 6 < 2)),
    [
      [0.1, 0.2, 0.2, 0.4],
      [0.3, 0.2, 0.4, 0.4],
    ],
  );
  assert.equal(new Set([...tool.wet.keys(), ...next.wet.keys()]).size, 4, "numbers of their own");
});

test("a tab without room says what it did not keep, and text of somebody else is no line", () => {
  const storage = storageDouble(200);
  const kept = new KeptLines(storage, "a.ipynb");
  const stroke = {
    id: 1,
    pointer: 1,
    points: [0.1, 0.2, 0.5, 0, 0, 0],
    began: 0,
    colour: "#fff",
    view: [-1, 1, 1, -1],
  };
  kept.keep(stroke);
  kept.keep({ ...stroke, id: 2, points: Array(600).fill(0.123) });
  assert.match(keptWords(kept.lines.length, kept.refused, true), /1 line is kept .* 1 line is not kept/);
  assert.equal(keptWords(0, 0, true), "");
  assert.match(keptWords(2, 0, false), /2 lines are kept/);
  for (const text of ["{", "7", '[{"id": 1, "points": ["x"], "view": [0, 0, 0, 0]}, null]']) {
    storage.setItem(kept.name, text);
    assert.deepEqual(kept.lines, []);
  }
});
