import assert from "node:assert/strict";
import { test } from "node:test";

import { numbersFrom } from "../../src/widgets/plane/gesture_numbers.js";
import { progressWords, shownAs } from "../../src/widgets/plane/ink.js";
import { arrow, chord } from "../../src/widgets/plane/keys.js";
import { Outbox, TELL_MS } from "../../src/widgets/plane/outbox.js";
import { ViewGestures } from "../../src/widgets/plane/view_gestures.js";
import { keyEvent, pointer } from "./sheet_double.js";

test("numbers of gestures before and after a reload differ", () => {
  const [before, after] = [numbersFrom(1_764_000_000_000.4), numbersFrom(1_764_000_004_000.1)];
  const ours = new Set(Array.from({ length: 1000 }, before));
  assert.equal(ours.size, 1000);
  assert.ok(Array.from({ length: 1000 }, after).every((number) => !ours.has(number)));
  assert.ok([...ours].every(Number.isSafeInteger));
});

test("chords are spelt as the kernel's tables spell them", () => {
  assert.equal(chord(keyEvent("r")), "r");
  assert.equal(chord(keyEvent("W", { shiftKey: true })), "W");
  assert.equal(chord(keyEvent("+", { shiftKey: true })), "+");
  assert.equal(chord(keyEvent("z", { ctrlKey: true })), "Ctrl+z");
  assert.equal(chord(keyEvent("Z", { metaKey: true, shiftKey: true })), "Ctrl+Shift+z");
  assert.equal(chord(keyEvent("Delete")), "Delete");
  assert.equal(chord(keyEvent("Escape", { shiftKey: true })), "Shift+Escape");
  assert.equal(chord(keyEvent("r", { altKey: true })), "");
});

test("arrows are finer with Shift, and something else while Ctrl is held", () => {
  assert.deepEqual(arrow(keyEvent("ArrowUp")), { dx: 0, dy: -1, step: 0.02, held: false });
  assert.deepEqual(arrow(keyEvent("ArrowLeft", { shiftKey: true })), { dx: -1, dy: 0, step: 0.004, held: false });
  assert.equal(arrow(keyEvent("ArrowLeft", { metaKey: true }))?.held, true);
  assert.equal(arrow(keyEvent("a")), null);
});

test("of places only the newest is told, at most every 28 ms, and at once before what must follow it", () => {
  /** @type {any[]} */ const sent = [];
  let asked = 0;
  const outbox = new Outbox(
    (message) => sent.push(message),
    () => asked++,
  );
  /** @param {number} x */
  const place = (x) =>
    outbox.put({
      type: "move",
      x,
      y: 0,
      view: [],
      pressure: 1,
      on: true,
      device: "mouse",
      tilt: [0, 0],
      played: false,
    });
  place(1);
  place(2);
  outbox.offer(0);
  assert.deepEqual(
    sent.map(({ x }) => x),
    [2],
  );
  place(3);
  outbox.offer(TELL_MS - 1);
  assert.equal(sent.length, 1);
  assert.equal(asked, 4); // three places, and the frame that came too early
  outbox.offer(TELL_MS);
  assert.equal(sent.length, 2);
  place(4);
  outbox.post({ type: "select", id: "q1" });
  assert.deepEqual(
    sent.map(({ type }) => type),
    ["move", "move", "move", "select"],
  );
});

test("two fingers that part zoom about their middle, and the wheel only with Ctrl", () => {
  /** @type {any[]} */ const sent = [];
  const view = new ViewGestures(
    (message) => sent.push(message),
    () => {},
  );
  const finger = (/** @type {number} */ id) =>
    /** @type {PointerEvent} */ (pointer(id, { pointerType: "touch", button: 0 }));
  assert.ok(!view.down(finger(1), { x: 0.4, y: 0.5 }, false));
  assert.ok(view.down(finger(2), { x: 0.6, y: 0.5 }, false));
  view.move(finger(1), { x: 0.3, y: 0.5 });
  view.move(finger(2), { x: 0.7, y: 0.5 });
  view.flush();
  const factor = sent.reduce((product, message) => product * message.factor, 1);
  assert.ok(Math.abs(factor - 2) < 1e-9);
  assert.ok(Math.abs(sent.reduce((sum, message) => sum + message.dx, 0)) < 1e-9);
  const wheel = (/** @type {boolean} */ ctrlKey) =>
    /** @type {WheelEvent} */ (
      /** @type {unknown} */ ({ ctrlKey, metaKey: false, deltaY: -100, deltaMode: 0, preventDefault() {} })
    );
  view.wheel(wheel(false), { x: 0.5, y: 0.5 });
  assert.ok(!view.any);
  view.wheel(wheel(true), { x: 0.5, y: 0.5 });
  assert.ok(view.any && view.wanted.factor > 1);
});

test("ink lies where it was drawn when the view has changed", () => {
  const { ax, bx, ay, by } = shownAs([-1, 1, 1, -1], [0, 1, 1, 0]);
  assert.deepEqual([ax * 0.75 + bx, ay * 0.25 + by], [0.5, 0.5]);
});

test("how far a line has come counts frames as nn.terrain does, or their distance", () => {
  const stroke = {
    id: 1,
    pointer: 1,
    points: [0, 0, 1, 0, 0, 0, 0.5, 0, 1, 0, 0, 0],
    began: 0,
    colour: "",
    view: [-1, 1, 1, -1],
  };
  assert.equal(
    progressWords(stroke, { frames: 20, rule: "nn.terrain", density: 0.1 }),
    "11 of 20 frames drawn, 9 to draw",
  );
  assert.equal(progressWords(stroke, { frames: 11, rule: "nn.terrain", density: 0.1 }), "11 frames, complete");
  assert.equal(progressWords(stroke, { frames: 11, rule: "stretch", density: 1 }), "11 frames, 0.10 apart");
});
